// What PostgreSQL cannot take, at the declaration.
#pragma once

#include "backend/backend.h"

namespace pipec::backend::postgres {

inline bool is_ours(const pipeline::Destination& destination) {
  return destination.kind.text() == "postgres";
}

/// Those without exports, or over several destinations, are refused before.
bool is_ours(const pipeline::Pipeline& pipeline, const pipeline::Publish& publish);
const pipeline::Publish* publish_named(const pipeline::Pipeline& pipeline, Symbol name);
/// The publish that an export belongs to, or none.
const pipeline::Publish* publish_of(const pipeline::Pipeline& pipeline, Symbol e);

void check_pipeline(const pipeline::Pipeline& pipeline, Sink& sink);

}  // namespace pipec::backend::postgres
