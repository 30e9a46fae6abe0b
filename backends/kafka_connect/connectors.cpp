#include "kafka_connect/connectors.h"

#include <algorithm>

#include <fmt/format.h>

#include "artifact/document.h"
#include "kafka_connect/fields.h"
#include "kafka_connect/source_sql.h"

namespace pipec::backend::kafka_connect {
namespace {

constexpr int64_t kDefaultHeartbeatSeconds = 10;

class Builder {
 public:
  Builder& set(std::string_view key, std::string value) {
    config_.emplace_back(key, std::move(value));
    return *this;
  }
  Builder& set(std::initializer_list<std::pair<std::string_view, std::string_view>> settings) {
    for (const auto& [key, value] : settings) config_.emplace_back(key, value);
    return *this;
  }
  /// What the connection says; nothing where it says nothing.
  Builder& field(std::string_view key, const pipeline::Connection* connection, std::string_view name) {
    Field field = field_of(connection, name);
    if (field.state != Field::State::Missing) config_.emplace_back(key, std::move(field.value));
    return *this;
  }
  Config take() { return std::move(config_); }

 private:
  Config config_;
};

/// Lists of tables are regular expressions, in which "." is any character.
std::string escaped(std::string_view text) {
  std::string out;
  for (char c : text) {
    bool plain = c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!plain) out += '\\';
    out += c;
  }
  return out;
}

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

/// "public\.orders:code,country;..." for tables whose declared key is not their primary key: then a change of
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

std::string milliseconds(int64_t seconds) {
  return std::to_string(seconds * 1000);
}

/// The rows of a table are personal data more often than not: a log says that a record failed, never the
/// record.
void set_errors(Builder& builder) {
  builder.set({{"errors.tolerance", "none"}, {"errors.log.enable", "true"}, {"errors.log.include.messages", "false"}});
}

void set_place(Builder& builder, const Capture& capture) {
  const pipeline::Connection* connection = capture.connection;
  builder.field("database.hostname", connection, "host");
  if (field_of(connection, "port").state == Field::State::Missing) {
    builder.set("database.port", "5432");
  } else {
    builder.field("database.port", connection, "port");
  }
  builder.field("database.user", connection, "user")
      .field("database.password", connection, "password")
      .set("database.dbname", std::string(capture.source->database.text()))
      .field("database.sslmode", connection, "sslmode")
      .field("database.sslrootcert", connection, "sslrootcert");
}

void set_topics(Builder& builder, const Capture& capture) {
  // One partition: the order of a row's events is kept, and would be lost if the number were changed later.
  // Deleted by age, never compacted: every state of a row is wanted.
  builder.set({{"topic.creation.default.partitions", "1"},
               {"topic.creation.default.replication.factor", "-1"},
               {"topic.creation.default.cleanup.policy", "delete"},
               {"topic.creation.default.retention.bytes", "-1"}});
  if (capture.source->retention) {
    builder.set("topic.creation.default.retention.ms", milliseconds(capture.source->retention->seconds));
  }
}

}  // namespace

Config source_connector(const Capture& capture) {
  const pipeline::Source& source = *capture.source;
  Builder builder;
  builder.set("name", std::string(source.head.name.text()))
      .set({{"connector.class", "io.debezium.connector.postgresql.PostgresConnector"},
            {"tasks.max", "1"},
            {"exactly.once.support", "required"}});
  set_place(builder, capture);
  builder.set({{"plugin.name", "pgoutput"}})
      .set("slot.name", capture.slot)
      .set({{"slot.drop.on.stop", "false"}})
      .set("publication.name", capture.publication)
      .set({{"publication.autocreate.mode", "disabled"}})
      .set("topic.prefix", std::string(source.head.name.text()))
      .set("table.include.list", table_list(capture));
  if (std::string keys = own_keys(capture); !keys.empty()) builder.set("message.key.columns", keys);
  builder.set("snapshot.mode", source.snapshot.empty() ? "initial" : std::string(source.snapshot.text()))
      .set("heartbeat.interval.ms",
           milliseconds(source.heartbeat ? source.heartbeat->seconds : kDefaultHeartbeatSeconds))
      .set("heartbeat.action.query", heartbeat_query(capture));
  // How values are written: platform/data/types.json says what they become, and relies on each of these.
  builder.set({{"decimal.handling.mode", "string"},
               {"time.precision.mode", "microseconds"},
               {"interval.handling.mode", "string"},
               {"binary.handling.mode", "base64"},
               {"hstore.handling.mode", "json"}});
  // A TRUNCATE lands too, and the log refuses it aloud; skipped, as is the default, it would go unseen for
  // ever.
  builder.set({{"skipped.operations", "none"},
               {"provide.transaction.metadata", "true"},
               {"tombstones.on.delete", "false"},
               {"extended.headers.enabled", "false"},
               {"event.processing.failure.handling.mode", "fail"},
               {"event.converting.failure.handling.mode", "fail"},
               {"errors.max.retries", "60"},
               {"retriable.restart.connector.wait.ms", "10000"}});
  set_errors(builder);
  constexpr std::string_view kJson = "org.apache.kafka.connect.json.JsonConverter";
  builder.set({{"key.converter", kJson},
               {"key.converter.schemas.enable", "false"},
               {"value.converter", kJson},
               {"value.converter.schemas.enable", "false"},
               // Without it a NULL arrives as the column's default.
               {"value.converter.replace.null.with.default", "false"}});
  set_topics(builder, capture);
  return builder.take();
}

Config sink_connector(const Capture& capture, const CapturedTable& table) {
  // Strings through and through: a line is the record as it lies in Kafka.
  constexpr std::string_view kString = "org.apache.kafka.connect.storage.StringConverter";
  Builder builder;
  builder.set("name", table.topic)
      .set({{"connector.class", "org.apache.kafka.connect.file.FileStreamSinkConnector"}, {"tasks.max", "1"}})
      .set("topics", table.topic)
      .set("file", fmt::format("{}/{}.jsonl", landing_folder(capture.landing).value_or(""), table.topic))
      .set({{"key.converter", kString},
            {"value.converter", kString},
            // The source writes in transactions: what it took back is not landed.
            {"consumer.override.isolation.level", "read_committed"}});
  set_errors(builder);
  return builder.take();
}

std::string connector_document(const Config& config) {
  Value document = Value::object();
  for (const auto& [key, value] : config) document.add(key, value);
  return print_json(document);
}

}  // namespace pipec::backend::kafka_connect
