// What PostgreSQL cannot take, at the declaration.
#pragma once

#include "backend/backend.h"

namespace pipec::backend::postgres {

inline bool is_ours(const pipeline::Destination& destination) {
  return destination.kind.text() == "postgres";
}

void check_pipeline(const pipeline::Pipeline& pipeline, Sink& sink);

}  // namespace pipec::backend::postgres
