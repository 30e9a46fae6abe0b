// The SQL that the owner of the captured tables runs at the source: before the connector starts, and after it
// is gone.
#pragma once

#include <string>

#include "kafka_connect/capture.h"

namespace pipec::backend::kafka_connect {

/// Role checked, heartbeat table, replica identities, publication of exactly the captured tables, grants. Run
/// again, it changes nothing; after a change of the specification it brings the publication up to date.
std::string setup_sql(const Capture& capture);
/// Slot, publication, grants and heartbeat table taken away. Run again, it changes nothing.
std::string undo_sql(const Capture& capture);

/// One line, run by the connector at each heartbeat: an idle database then still moves the slot on.
std::string heartbeat_query(const Capture& capture);

}  // namespace pipec::backend::kafka_connect
