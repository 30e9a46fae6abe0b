// What a connection may say depends on what it leads to.
#pragma once

#include "diagnostics/diagnostic.h"
#include "pipeline/pipeline.h"

namespace pipec::project {

/// Fields of pipec.yaml's connections that no reader of the connection has a use for.
void check_connections(const pipeline::Pipeline& pipeline, Sink& sink);

}  // namespace pipec::project
