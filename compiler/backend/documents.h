// The artifacts that belong to no platform: one JSON file a node, and the index of all of them.
#pragma once

#include "artifact/artifact_set.h"
#include "backend/backend.h"

namespace pipec::backend {

inline constexpr int kArtifactFormat = 1;

/// "nodes/gold/sales_daily.json": docs/schemas/node.schema.json.
std::string node_path(Symbol name);
std::string node_document(View& view, Symbol name);

/// "index.json": project, target, format version, and the nodes with their files.
std::string index_document(View& view);

}  // namespace pipec::backend
