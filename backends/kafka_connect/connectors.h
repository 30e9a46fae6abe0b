// The configurations of a source's connectors: the one that reads the database's log, and a sink a table that
// lands it.
#pragma once

#include <string>

#include "kafka_connect/capture.h"
#include "kafka_connect/keys.h"

namespace pipec::backend::kafka_connect {

Plugin plugin_of(const Capture& capture);
Plugin sink_plugin(const Capture& capture);
/// With what the author sets; `generated` leaves that out.
Config source_connector(const Capture& capture);
Config generated_source_connector(const Capture& capture);
Config sink_connector(const Capture& capture, const CapturedTable& table);

/// What `PUT /connectors/{name}/config` takes: one flat map. Its member `name` is the connector's.
std::string connector_document(const Config& config);

}  // namespace pipec::backend::kafka_connect
