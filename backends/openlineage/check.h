// What cannot be named cannot be put together with what others say of it: the target's connections must tell.
#pragma once

#include "diagnostics/diagnostic.h"
#include "pipeline/pipeline.h"

namespace pipec::backend::openlineage {

void check_names(const pipeline::Pipeline& pipeline, Sink& sink);

}  // namespace pipec::backend::openlineage
