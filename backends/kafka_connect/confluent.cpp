#include "kafka_connect/confluent.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "kafka_connect/confluent_sink.h"
#include "kafka_connect/diagnostics.h"
#include "kafka_connect/fields.h"

namespace pipec::backend::kafka_connect {

namespace {

struct Managed {
  std::string_view connector, time_mode;
  Plugin plugin;
};
/// None of them knows microseconds for every time; this mode of each comes nearest.
constexpr Managed kManaged[] = {{"PostgresCdcSourceV2", "adaptive_time_microseconds", Plugin::ConfluentPostgres},
                                {"SqlServerCdcSourceV2", "adaptive", Plugin::ConfluentSqlServer},
                                {"MySqlCdcSourceV2", "adaptive_time_microseconds", Plugin::ConfluentMySql}};

const Managed& managed(Database database) {
  return kManaged[static_cast<size_t>(database)];
}

/// Confluent's own to set: clients, converters, topics, retries, where the history of tables lies.
constexpr std::string_view kTheirs[] = {"connector.class",
                                        "data.query.mode",
                                        "database.server.id",
                                        "driver.trust",
                                        "errors.log.",
                                        "errors.max.retries",
                                        "exactly.once.support",
                                        "extended.headers.enabled",
                                        "key.converter",
                                        "name",
                                        "plugin.name",
                                        "producer.override.",
                                        "retriable.restart.",
                                        "schema.history.internal.consumer.",
                                        "schema.history.internal.kafka.",
                                        "schema.history.internal.producer.",
                                        "signal.consumer.",
                                        "signal.enabled.channels",
                                        "signal.kafka.",
                                        "time.precision.mode",
                                        "topic.creation.",
                                        "transaction.boundary"};

constexpr std::string_view kConverting = "event.converting.failure.handling.mode";

bool is_theirs(std::string_view key) {
  if (key == "value.converter") return true;
  return std::any_of(std::begin(kTheirs), std::end(kTheirs),
                     [&](std::string_view theirs) { return key.starts_with(theirs); });
}

/// How many digits the seconds of a column's times have.
int digits(const pipeline::SourceColumn& column, int fallback) {
  if (column.native.arguments.empty()) return fallback;
  const std::string& text = column.native.arguments.front();
  std::from_chars(text.data(), text.data() + text.size(), fallback);
  return fallback;
}

/// Whether the managed connector writes the column's times as microseconds, which is what the warehouse reads.
bool in_microseconds(Database database, const pipeline::SourceColumn& column) {
  constexpr int kLeast = 4, kMost = 6;
  using platform::Decode;
  Decode decode = column.mapping.decode;
  if (decode != Decode::TimeMicros && decode != Decode::TimestampMicros) return true;
  if (database != Database::SqlServer && decode == Decode::TimeMicros) return true;
  constexpr int kUsual[] = {6, 7, 0};  // of the databases, where the type says nothing
  std::string_view name = column.native.name;
  int count = name == "datetime" && database == Database::SqlServer ? 3
              : name == "smalldatetime"                             ? 0
                                        : digits(column, kUsual[static_cast<size_t>(database)]);
  return count >= kLeast && count <= kMost;
}

}  // namespace

Plugin managed_plugin(Database database) {
  return managed(database).plugin;
}

Config managed_connector(const Capture& capture, const Config& own) {
  const Managed& kind = managed(capture.database);
  Field key = field_of(capture.kafka, "user"), secret = field_of(capture.kafka, "password");
  Config config{{"name", std::string(capture.source->head.name.text())},
                {"connector.class", std::string(kind.connector)},
                {"kafka.auth.mode", "KAFKA_API_KEY"},
                {"kafka.api.key", key.value},
                {"kafka.api.secret", secret.value}};
  for (const auto& [name, value] : own) {
    if (name == "driver.encrypt") {
      config.emplace_back("database.encrypt", value);
    } else if (name == kConverting && !known_key(kind.plugin, name)) {
      continue;  // of MySQL's alone it can be said there
    } else if (!is_theirs(name)) {
      config.emplace_back(name, value);
    }
  }
  for (auto [name, value] : {std::pair{"time.precision.mode", std::string(kind.time_mode)},
                             {"signal.enabled.channels", capture.signal_table.empty() ? "kafka" : "source,kafka"},
                             {"signal.kafka.topic", capture.signal_topic},
                             {"after.state.only", "false"},
                             {"output.data.format", "JSON"},
                             {"output.key.format", "JSON"}}) {
    config.emplace_back(name, value);
  }
  if (capture.database == Database::Postgres) config.emplace_back("exactly.once.enabled", "true");
  return config;
}

void check_managed(const Capture& capture, Sink& sink) {
  const pipeline::Source& source = *capture.source;
  auto report = [&](Place place, std::string message, const char* help) {
    sink.report(diag::Managed, place, std::move(message)).help(help);
  };
  Place here = Place::in(source.head.declaration, {});
  if (!capture.own_sinks && capture.landing && capture.landing->kind == Landing::Kind::Folder) {
    report(
        here, "Confluent Cloud has no connector that lands files in a folder",
        "set `landing:` to \"s3://bucket/path\" or \"abfss://container@account.dfs.core.windows.net\", or say `sinks: "
        "self_hosted` beside `host: confluent_cloud`: workers of your own land what the managed connector reads");
  }
  if (lands_managed(capture)) check_storage(capture, sink);
  if (source.land_every) {
    report(here,
           fmt::format("a managed connector cannot be told to show its changes every {}", source.land_every->text),
           "take `land every` out: it shows them as it reads them");
  }
  if (capture.database == Database::SqlServer && source.snapshot.text() == "when_needed") {
    report(here, "the managed connector of SQL Server has no snapshot `when_needed`",
           "write `snapshot initial`, and take another one by a signal when the log was lost");
  }
  if (field_of(capture.connection, "sslrootcert").state != Field::State::Missing) {
    report(here, "a managed connector reads no file of a certificate",
           "take `sslrootcert` out of the connection, or run the connector yourself: `host: self_hosted`");
  }
  for (const CapturedTable& table : capture.tables) {
    for (const pipeline::SourceColumn& column : table.table->columns) {
      if (in_microseconds(capture.database, column)) continue;
      report(Place::of_member(source.head.declaration, column.column.name),
             fmt::format("the managed connector does not write `{}.{}` ({}) in microseconds", table.table->name.text(),
                         column.column.name.text(), column.native.text()),
             "it does so for four to six digits of seconds only: change the column's type at the source, or run the "
             "connector yourself: `host: self_hosted`");
    }
  }
}

}  // namespace pipec::backend::kafka_connect
