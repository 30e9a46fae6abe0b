#include "kafka_connect/settings.h"

#include <fmt/format.h>

namespace pipec::backend::kafka_connect {
namespace {

constexpr int64_t kDefaultHeartbeatSeconds = 10;

/// Lists of tables are regular expressions, in which "." is any character.
std::string table_pattern(const CapturedTable& table) {
  return escaped(fmt::format("{}.{}", table.table->schema.text(), table.table->name.text()));
}

std::string table_list(const Capture& capture) {
  std::string list;
  for (const CapturedTable& table : capture.tables) {
    if (!list.empty()) list += ',';
    list += table_pattern(table);
  }
  return list;
}

/// "public\\.orders:code,country;..." for tables whose declared key is not their primary key: then a change of
/// that key is a delete and an insert, as a change of a primary key is.
std::string own_keys(const Capture& capture) {
  std::string list;
  for (const CapturedTable& table : capture.tables) {
    if (!table.own_key) continue;
    if (!list.empty()) list += ';';
    list += table_pattern(table) + ':';
    for (size_t i = 0; i < table.cdc->key.size(); ++i) {
      if (i > 0) list += ',';
      list += table.cdc->key[i].text();
    }
  }
  return list;
}

/// As the login module reads it: in quotes, with a backslash before what would end them.
std::string jaas_text(std::string_view text) {
  std::string out = "\"";
  for (char c : text) {
    if (c == '"' || c == '\\') out += '\\';
    out += c;
  }
  return out + "\"";
}

/// How a client that the connector opens by itself gets to the brokers; the worker's own settings are not its.
void set_client(Settings& settings, const Capture& capture, std::string_view prefix) {
  auto key = [&](std::string_view name) { return fmt::format("{}{}", prefix, name); };
  settings.field(key("security.protocol"), capture.kafka, "protocol")
      .field(key("sasl.mechanism"), capture.kafka, "mechanism");
  Field user = field_of(capture.kafka, "user"), password = field_of(capture.kafka, "password");
  if (user.state == Field::State::Missing) return;
  bool scram = field_of(capture.kafka, "mechanism").value.starts_with("SCRAM-");
  settings.set(key("sasl.jaas.config"),
               fmt::format("org.apache.kafka.common.security.{} required username={} password={};",
                           scram ? "scram.ScramLoginModule" : "plain.PlainLoginModule", jaas_text(user.value),
                           jaas_text(password.value)));
}

void set_topics(Settings& settings, const Capture& capture) {
  // One partition: the order of a row's events is kept, and would be lost if the number were changed later.
  // Deleted by age, never compacted: every state of a row is wanted.
  settings.set({{"topic.creation.default.partitions", "1"},
                {"topic.creation.default.replication.factor", "-1"},
                {"topic.creation.default.cleanup.policy", "delete"},
                {"topic.creation.default.retention.bytes", "-1"}});
  if (capture.source->retention) {
    settings.set("topic.creation.default.retention.ms", milliseconds(capture.source->retention->seconds));
  }
}

/// What the connector writes becomes visible when its transaction ends: at each poll, unless the source says how often.
/// A transaction has to be allowed to last that long.
void set_landing(Settings& settings, const Capture& capture) {
  if (!capture.source->land_every) return;
  constexpr int64_t kSpareSeconds = 60;
  int64_t seconds = capture.source->land_every->seconds;
  settings.set({{"transaction.boundary", "interval"}})
      .set("transaction.boundary.interval.ms", milliseconds(seconds))
      .set("producer.override.transaction.timeout.ms", milliseconds(seconds + kSpareSeconds));
}

}  // namespace

std::string signal_collection(const Capture& capture) {
  std::string name = fmt::format("{}.{}", capture.signal_table[0], capture.signal_table[1]);
  return capture.database == Database::SqlServer ? fmt::format("{}.{}", capture.source->database.text(), name) : name;
}

std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    bool plain = c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!plain) out += '\\';
    out += c;
  }
  return out;
}

std::string milliseconds(int64_t seconds) {
  return std::to_string(seconds * 1000);
}

Settings begin_source(const Capture& capture, std::string_view connector) {
  Settings settings;
  settings.set("name", std::string(capture.source->head.name.text()))
      .set("connector.class", fmt::format("io.debezium.connector.{}", connector))
      .set({{"tasks.max", "1"}, {"exactly.once.support", "required"}})
      .field("database.hostname", capture.connection, "host")
      .field("database.port", capture.connection, "port", facts_of(capture.database).port)
      .field("database.user", capture.connection, "user")
      .field("database.password", capture.connection, "password");
  return settings;
}

void set_tables(Settings& settings, const Capture& capture) {
  settings.set("topic.prefix", std::string(capture.source->head.name.text()))
      .set("table.include.list", table_list(capture));
  if (std::string keys = own_keys(capture); !keys.empty()) settings.set("message.key.columns", keys);
}

void set_snapshot(Settings& settings, const Capture& capture) {
  const pipeline::Source& source = *capture.source;
  settings.set("snapshot.mode", source.snapshot.empty() ? "initial" : std::string(source.snapshot.text()));
}

void set_heartbeat(Settings& settings, const Capture& capture) {
  const pipeline::Source& source = *capture.source;
  settings.set("heartbeat.interval.ms",
               milliseconds(source.heartbeat ? source.heartbeat->seconds : kDefaultHeartbeatSeconds));
}

void set_values(Settings& settings) {
  settings.set({{"decimal.handling.mode", "string"},
                {"time.precision.mode", "microseconds"},
                {"binary.handling.mode", "base64"}});
}

void set_history(Settings& settings, const Capture& capture) {
  settings.set("schema.history.internal.kafka.topic", capture.history_topic)
      .field("schema.history.internal.kafka.bootstrap.servers", capture.kafka, "brokers")
      .set({{"schema.history.internal.store.only.captured.tables.ddl", "true"}});
  set_client(settings, capture, "schema.history.internal.producer.");
  set_client(settings, capture, "schema.history.internal.consumer.");
  // The changes of structure are remembered there; a topic of them for others, nobody reads.
  settings.set({{"include.schema.changes", "false"}});
}

void set_signals(Settings& settings, const Capture& capture) {
  const bool by_topic = field_of(capture.kafka, "brokers").state != Field::State::Missing;
  if (!capture.signal_table.empty()) {
    settings.set("signal.enabled.channels", by_topic ? "source,kafka" : "source")
        .set("signal.data.collection", signal_collection(capture));
  } else if (by_topic) {
    settings.set({{"signal.enabled.channels", "kafka"}});
  }
  if (!by_topic) return;
  settings.set("signal.kafka.topic", capture.signal_topic)
      .field("signal.kafka.bootstrap.servers", capture.kafka, "brokers")
      .set("signal.kafka.groupId", fmt::format("{}.signals", capture.source->head.name.text()));
  set_client(settings, capture, "signal.consumer.");
}

void end_source(Settings& settings, const Capture& capture) {
  // A TRUNCATE lands too, and deletes what was there; skipped, as is the default, its rows would stay for ever.
  settings.set({{"skipped.operations", "none"}});
  // Of use where a transaction's events are told apart by their number; on a replica of SQL Server its end comes late.
  if (capture.database == Database::Postgres) settings.set({{"provide.transaction.metadata", "true"}});
  settings.set({{"tombstones.on.delete", "false"},
                {"extended.headers.enabled", "false"},
                {"event.processing.failure.handling.mode", "fail"},
                {"event.converting.failure.handling.mode", "fail"},
                {"errors.max.retries", "60"},
                {"retriable.restart.connector.wait.ms", "10000"}});
  set_errors(settings);
  constexpr std::string_view kJson = "org.apache.kafka.connect.json.JsonConverter";
  settings.set({{"key.converter", kJson},
                {"key.converter.schemas.enable", "false"},
                {"value.converter", kJson},
                {"value.converter.schemas.enable", "false"},
                // Without it a NULL arrives as the column's default.
                {"value.converter.replace.null.with.default", "false"}});
  set_landing(settings, capture);
  set_topics(settings, capture);
}

/// The rows of a table are personal data more often than not: a log says that a record failed, never the
/// record.
void set_errors(Settings& settings) {
  settings.set({{"errors.tolerance", "none"}, {"errors.log.enable", "true"}, {"errors.log.include.messages", "false"}});
}

}  // namespace pipec::backend::kafka_connect
