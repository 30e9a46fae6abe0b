#include "kafka_connect/connectors.h"

#include <fmt/format.h>

#include <algorithm>

#include "artifact/document.h"
#include "base/hash.h"
#include "kafka_connect/confluent.h"
#include "kafka_connect/confluent_sink.h"
#include "kafka_connect/overrides.h"
#include "kafka_connect/settings.h"
#include "kafka_connect/source_sql.h"

namespace pipec::backend::kafka_connect {
namespace {

Config postgres(const Capture& capture) {
  Settings settings = begin_source(capture, "postgresql.PostgresConnector");
  settings.set("database.dbname", std::string(capture.source->database.text()))
      .field("database.sslmode", capture.connection, "sslmode")
      .field("database.sslrootcert", capture.connection, "sslrootcert");
  settings.set({{"plugin.name", "pgoutput"}})
      .set("slot.name", capture.slot)
      .set({{"slot.drop.on.stop", "false"}})
      .set("publication.name", capture.publication)
      .set({{"publication.autocreate.mode", "disabled"}});
  set_tables(settings, capture);
  set_snapshot(settings, capture);
  set_heartbeat(settings, capture);
  settings.set("heartbeat.action.query", heartbeat_query(capture));
  set_signals(settings, capture);
  set_values(settings);
  settings.set({{"interval.handling.mode", "string"}, {"hstore.handling.mode", "json"}});
  end_source(settings, capture);
  return settings.take();
}

/// As PostgreSQL's words say it; where nothing is said, the server has to prove who it is.
std::string tls_of(const Capture& capture) {
  Field mode = field_of(capture.connection, "sslmode");
  return mode.state == Field::State::Missing ? "verify-full" : mode.value;
}

Config sqlserver(const Capture& capture) {
  Settings settings = begin_source(capture, "sqlserver.SqlServerConnector");
  settings.set("database.names", std::string(capture.source->database.text()));
  std::string tls = tls_of(capture);
  settings.set("driver.encrypt", tls == "disable" ? "false" : "true")
      .set("driver.trustServerCertificate", tls == "require" ? "true" : "false")
      .field("driver.trustStore", capture.connection, "sslrootcert");
  // The exact words: with any others the connector would take the replica for a server that it may write to.
  if (capture.source->replica) {
    settings.set({{"driver.applicationIntent", "ReadOnly"}, {"driver.multiSubnetFailover", "true"}});
  }
  set_tables(settings, capture);
  set_snapshot(settings, capture);
  // Rows as they were at one moment, without a lock. On a replica the server does nothing else.
  settings.set({{"snapshot.isolation.mode", "snapshot"}, {"data.query.mode", "direct"}});
  set_heartbeat(settings, capture);
  set_signals(settings, capture);
  set_history(settings, capture);
  set_values(settings);
  end_source(settings, capture);
  return settings.take();
}

/// Every reader of a server's log needs a number of its own; the same source keeps its own.
std::string server_id(const Capture& capture) {
  constexpr uint64_t kLowest = 1'000'000'000, kCount = 3'000'000'000;
  Fingerprint hash = Hasher().add("kafka_connect").add(capture.source->head.name.text()).finish();
  return std::to_string(kLowest + hash.low % kCount);
}

Config mysql(const Capture& capture) {
  static constexpr std::pair<std::string_view, std::string_view> kTls[] = {
      {"disable", "disabled"}, {"require", "required"}, {"verify-ca", "verify_ca"}, {"verify-full", "verify_identity"}};
  Settings settings = begin_source(capture, "mysql.MySqlConnector");
  settings.set("database.server.id", server_id(capture))
      .set("database.include.list", escaped(capture.source->database.text()));
  std::string tls = tls_of(capture);
  for (const auto& [word, mode] : kTls) {
    if (tls == word) settings.set("database.ssl.mode", std::string(mode));
  }
  settings.field("database.ssl.truststore", capture.connection, "sslrootcert");
  set_tables(settings, capture);
  set_snapshot(settings, capture);
  settings.set({{"snapshot.locking.mode", "minimal"}});
  if (capture.source->replica) settings.set({{"read.only", "true"}});
  set_heartbeat(settings, capture);
  set_signals(settings, capture);
  set_history(settings, capture);
  set_values(settings);
  settings.set({{"bigint.unsigned.handling.mode", "precise"},
                {"inconsistent.schema.handling.mode", "fail"},
                // Unsigned numbers of 64 bits are decimals whatever the mode of decimals says.
                {"key.converter.decimal.format", "NUMERIC"},
                {"value.converter.decimal.format", "NUMERIC"}});
  end_source(settings, capture);
  return settings.take();
}

Config self_hosted(const Capture& capture) {
  switch (capture.database) {
    case Database::SqlServer:
      return sqlserver(capture);
    case Database::MySql:
      return mysql(capture);
    case Database::Postgres:
      break;
  }
  return postgres(capture);
}

}  // namespace

Plugin plugin_of(const Capture& capture) {
  static constexpr Plugin kPlugins[] = {Plugin::DebeziumPostgres, Plugin::DebeziumSqlServer, Plugin::DebeziumMySql};
  return capture.managed ? managed_plugin(capture.database) : kPlugins[static_cast<size_t>(capture.database)];
}

Config source_connector(const Capture& capture) {
  Config config = generated_source_connector(capture);
  apply_settings(config, capture);
  return config;
}

Config generated_source_connector(const Capture& capture) {
  Config own = self_hosted(capture);
  return capture.managed ? managed_connector(capture, own) : own;
}

Plugin sink_plugin(const Capture& capture) {
  return lands_managed(capture) ? managed_sink_plugin(capture) : Plugin::FileSink;
}

Config sink_connector(const Capture& capture, const CapturedTable& table) {
  if (lands_managed(capture)) return managed_sink(capture, table);
  // Strings through and through: a line is the record as it lies in Kafka.
  constexpr std::string_view kString = "org.apache.kafka.connect.storage.StringConverter";
  Settings settings;
  settings.set("name", table.topic)
      .set({{"connector.class", "org.apache.kafka.connect.file.FileStreamSinkConnector"}, {"tasks.max", "1"}})
      .set("topics", table.topic)
      .set("file", fmt::format("{}/{}.jsonl", capture.landing ? capture.landing->folder : "", table.topic))
      .set({{"key.converter", kString},
            {"value.converter", kString},
            // The source writes in transactions: what it took back is not landed.
            {"consumer.override.isolation.level", "read_committed"}});
  set_errors(settings);
  return settings.take();
}

std::string connector_document(const Config& config) {
  Value document = Value::object();
  for (const auto& [key, value] : config) document.add(key, value);
  return print_json(document);
}

}  // namespace pipec::backend::kafka_connect
