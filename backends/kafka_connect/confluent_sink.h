// Confluent Cloud's managed sinks that land topics in the storage of a cloud: a file never changes, and lies in a folder of its
// day, `<landing>/<topic>/date=2026-11-22/<topic>+0+0000000000.bin`.
#pragma once

#include "diagnostics/diagnostic.h"
#include "kafka_connect/capture.h"
#include "kafka_connect/keys.h"

namespace pipec::backend::kafka_connect {

/// The landing must not be a folder.
Plugin managed_sink_plugin(const Capture& capture);
Config managed_sink(const Capture& capture, const CapturedTable& table);

/// What the storage's connection lacks.
void check_storage(const Capture& capture, Sink& sink);

}  // namespace pipec::backend::kafka_connect
