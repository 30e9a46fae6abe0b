// Confluent Cloud's managed connectors: the same Debezium, asked in other words, of which some are missing.
#pragma once

#include "diagnostics/diagnostic.h"
#include "kafka_connect/capture.h"
#include "kafka_connect/keys.h"

namespace pipec::backend::kafka_connect {

Plugin managed_plugin(Database database);

/// The managed connector that does what the given one of our own would; `own` is without the author's settings.
Config managed_connector(const Capture& capture, const Config& own);

/// What is asked for and cannot be had there.
void check_managed(const Capture& capture, Sink& sink);

}  // namespace pipec::backend::kafka_connect
