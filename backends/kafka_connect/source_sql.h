// The SQL that somebody with the right to do so runs at the source: before the connector starts, and after it is gone.
// Each script may be run again at any time.
#pragma once

#include <map>
#include <string>

#include "kafka_connect/capture.h"

namespace pipec::backend::kafka_connect {

/// By what they are for: "" (before the connector starts), "undo" (after it is gone), "old" (after it has gone on to
/// the columns of today).
using SourceScripts = std::map<std::string, std::string>;
SourceScripts source_scripts(const Capture& capture);

/// Role checked, heartbeat table, replica identities, publication of exactly the captured tables, grants; slot,
/// publication, grants and heartbeat table taken away.
SourceScripts postgres_scripts(const Capture& capture);
/// Change data capture of exactly the declared columns, retention, a role that reads what it holds; all of it undone.
SourceScripts sqlserver_scripts(const Capture& capture);
/// How long the log is kept, grants; grants taken away.
SourceScripts mysql_scripts(const Capture& capture);

/// PostgreSQL: one line, run by the connector at each heartbeat: an idle database then still moves the slot on.
std::string heartbeat_query(const Capture& capture);

}  // namespace pipec::backend::kafka_connect
