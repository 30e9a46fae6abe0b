// What of a pipeline Kafka Connect, Kafka and PostgreSQL would not take, at the line of the specification.
#pragma once

#include "diagnostics/diagnostic.h"
#include "pipeline/pipeline.h"

namespace pipec::backend::kafka_connect {

void check_captures(const pipeline::Pipeline& pipeline, Sink& sink);

}  // namespace pipec::backend::kafka_connect
