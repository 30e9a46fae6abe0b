// What of a pipeline Kafka Connect, Kafka and PostgreSQL would not take, at the line of the specification.
#pragma once

#include "diagnostics/diagnostic.h"
#include "kafka_connect/keys.h"
#include "pipeline/pipeline.h"

namespace pipec::backend::kafka_connect {

void check_captures(const pipeline::Pipeline& pipeline, Sink& sink);

/// Keys are pipec's own, so this finds a fault of pipec, before a worker would silently ignore the setting.
void check_keys(Plugin plugin, const Config& config, Place place, Sink& sink);

}  // namespace pipec::backend::kafka_connect
