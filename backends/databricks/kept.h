// What a materialized view and a streaming table may be made of.
#pragma once

#include "diagnostics/diagnostic.h"
#include "pipeline/pipeline.h"

namespace pipec::backend::databricks {

/// Refuses a materialized view that the platform would silently build anew by each refresh, and a streaming model whose
/// rows would not be those of its query.
void check_kept(const pipeline::Pipeline& pipeline, const pipeline::Model& model, Sink& sink);

}  // namespace pipec::backend::databricks
