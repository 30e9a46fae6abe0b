// The parts of the manifest, one document each; their members are those of runtime/pipec_runtime/manifest.py.
// What is empty is left out.
#pragma once

#include "artifact/document.h"
#include "backend/backend.h"

namespace pipec::orchestration {

inline constexpr int kManifestFormat = 1;
inline constexpr int kRetryDelaySeconds = 30;                // of a task, before it is tried again
inline constexpr std::string_view kWarehouse = "warehouse";  // the name of the connection to it

/// A kind of part: its folder, and its member of manifest.json.
enum class Part { Node, Check, Schedule, Source, Dashboard, Platform };
std::string_view part_name(Part part);  // "nodes"

/// "nodes/gold/sales_daily.json", relative to the backend's folder.
std::string part_path(Part part, Symbol name);
/// The document of an object that exists.
std::string part_document(backend::View& view, Part part, Symbol name, std::string_view orchestrator);

/// The objects that have a part, in the order of the manifest.
std::vector<std::pair<Part, Symbol>> all_parts(const pipeline::Pipeline& pipeline);

/// The whole; `emitted` has the parts.
Value manifest_value(const pipeline::Pipeline& pipeline, const ArtifactFiles& emitted, std::string_view orchestrator);

/// What several runs may write at once, and the name of what lets one of them at a time in: tables of two schedules, and
/// those that are also built again by hand.
Value pools_value(const pipeline::Pipeline& pipeline);

// ---- values of documents
/// What the runtime is told of a connection: plain values, and where to look up the others.
Value fields_value(const pipeline::Connection* connection, std::string_view orchestrator);
const std::vector<pipeline::Step>& steps_in(const pipeline::StepList* list);  // of none: none
Value steps_value(const pipeline::StepList* steps);
Value columns_value(const std::vector<pipeline::Column>& columns);
Value names_value(const std::vector<Symbol>& names);
/// The path of names under which an orchestrator shows a node: {"gold", "sales_daily"}.
Value key_of_node(Symbol name);
Value key_of_table(const pipeline::Source& source, const pipeline::SourceTable& table);
Value node_value(backend::View& view, Symbol name);
/// Name, description, owner and tags.
Value head_value(const pipeline::Head& head);
void set_if(Value& object, const char* member, const std::string& text);
std::string_view policy_name(pipeline::GatePolicy policy);

}  // namespace pipec::orchestration
