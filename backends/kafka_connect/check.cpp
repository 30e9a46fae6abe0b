#include "kafka_connect/check.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "kafka_connect/capture.h"
#include "kafka_connect/connectors.h"
#include "kafka_connect/diagnostics.h"
#include "kafka_connect/fields.h"

namespace pipec::backend::kafka_connect {
namespace {

bool is_small_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
  });
}

bool is_topic_word(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '-' ||
           c == '.';
  });
}

class Checker {
 public:
  Checker(const Capture& capture, Sink& sink) : capture_(capture), sink_(sink) {}

  void run() {
    check_name();
    check_connection();
    check_role();
    check_heartbeat();
    for (const CapturedTable& table : capture_.tables) check_table(table);
    Place place = Place::in(capture_.source->head.declaration, {});
    check_keys(Plugin::DebeziumPostgres, source_connector(capture_), place, sink_);
    for (const CapturedTable& table : capture_.tables) {
      check_keys(Plugin::FileSink, sink_connector(capture_, table), place, sink_);
    }
  }

 private:
  /// The declaration's name is shown where there is nothing narrower.
  DiagnosticBuilder report(const DiagnosticKind& kind, std::string message) {
    return sink_.report(kind, Place::in(capture_.source->head.declaration, {}), std::move(message));
  }

  void check_name() {
    std::string_view name = capture_.source->head.name.text();
    if (!is_small_word(name)) {
      report(diag::SourceName, fmt::format("the source `{}` gives its name to a replication slot", name))
          .help("use letters, digits and `_` only: a slot's name takes nothing else");
    } else if (capture_.heartbeat_table.size() > kMaxIdentifier) {
      size_t most = name.size() - (capture_.heartbeat_table.size() - kMaxIdentifier);
      report(diag::SourceName,
             fmt::format("the name of the source `{}` is too long for a table `{}`", name, capture_.heartbeat_table))
          .help(fmt::format("PostgreSQL's names have 63 bytes, so a captured source's has at most {}", most));
    }
  }

  void check_connection() {
    for (const char* name : {"host", "user", "password"}) {
      if (field_of(capture_.connection, name).state != Field::State::Missing) continue;
      report(diag::MissingField, fmt::format("the connection `{}` does not say what its `{}` is for kafka_connect",
                                             capture_.source->connection.text(), name))
          .help(fmt::format("write `{}: {{ kafka_connect: \"env:NAME\" }}` under `connections: {}:` in pipec.yaml",
                            name, capture_.source->connection.text()));
    }
    for (const char* name : {"host", "port", "user", "sslmode", "sslrootcert"}) {
      Field field = field_of(capture_.connection, name);
      if (field.state == Field::State::Plain)
        check_plain(fmt::format("the field `{}` of its connection", name), field.value);
    }
    Field port = field_of(capture_.connection, "port");
    bool digits = std::all_of(port.value.begin(), port.value.end(), [](char c) { return c >= '0' && c <= '9'; });
    if (port.state == Field::State::Plain && (!digits || port.value.size() > 5)) {
      report(diag::BadValue, fmt::format("the port `{}` of the connection `{}` is no number", port.value,
                                         capture_.source->connection.text()))
          .help("PostgreSQL's usual port is 5432, and may be left out");
    }
    check_plain("the database", capture_.source->database.text());
  }

  void check_plain(std::string_view what, std::string_view value) {
    if (!reads_as_reference(value)) return;
    report(diag::BadValue, fmt::format("{} is `{}`, which Kafka Connect would take for a reference", what, value))
        .help(
            "Kafka Connect replaces `${...}` wherever it stands, and nothing can stop it: use a value "
            "without it");
  }

  void check_role() {
    std::string folded(Symbol::of(capture_.role).folded().text());
    bool reserved = folded == "public" || folded == "none" || folded.starts_with("pg_");
    if (!capture_.role.empty() && !reserved && capture_.role.size() <= kMaxIdentifier) return;
    report(diag::Role, fmt::format("the connector cannot log in as the role `{}`", capture_.role))
        .help(
            "name a role of the source's database under `backends: kafka_connect: { role: ... }` in "
            "pipec.yaml");
  }

  // The connector counts milliseconds in 32 bits; long before that a heartbeat has lost its purpose.
  void check_heartbeat() {
    constexpr int64_t kMostSeconds = 86400;
    if (!capture_.source->heartbeat || capture_.source->heartbeat->seconds <= kMostSeconds) return;
    report(diag::BadValue,
           fmt::format("a heartbeat every {} does not keep a slot moving", capture_.source->heartbeat->text))
        .help("write a day at most; `heartbeat 30 seconds` is usual");
  }

  void check_table(const CapturedTable& captured) {
    const pipeline::SourceTable& table = *captured.table;
    std::string name = fmt::format("{}.{}", table.schema.text(), table.name.text());
    const char* remedy = "rename it at the source, or leave the table out of the cdc";
    if (!is_topic_word(table.schema.text()) || !is_topic_word(table.name.text())) {
      report(diag::TableName, fmt::format("the table `{}` gives its name to a topic", name))
          .note("a topic's name has letters, digits, `_`, `-` and `.` only")
          .help(remedy);
      return;
    }
    if (table.schema.text().size() > kMaxIdentifier || table.name.text().size() > kMaxIdentifier) {
      report(diag::TableName, fmt::format("the name `{}` is longer than PostgreSQL's names can be", name))
          .help("write the name that the table has: PostgreSQL cut it to 63 bytes");
    }
    if (!captured.own_key) return;
    for (Symbol column : captured.cdc->key) {
      if (is_topic_word(column.text())) continue;
      report(diag::TableName, fmt::format("the column `{}` of `{}` cannot be a key of its own", column.text(), name))
          .note("the connector takes letters, digits and `_` in a column that is not of the primary key")
          .help("declare the key over other columns, or rename this one at the source");
    }
  }

  const Capture& capture_;
  Sink& sink_;
};

void check_landing(const std::vector<Capture>& captures, Sink& sink) {
  if (captures.empty()) return;
  const std::string& uri = captures.front().landing;
  std::optional<std::string> folder = landing_folder(uri);
  if (folder && !reads_as_reference(*folder)) return;
  sink.report(diag::Landing, Place::in(captures.front().source->head.declaration, {}),
              uri.empty() ? std::string("the target says nowhere to land changes")
                          : fmt::format("changes cannot be landed at `{}`: not supported yet", uri))
      .help("set `landing: \"file:/absolute/path\"` under the target's `warehouse:` in pipec.yaml");
}

// Kafka refuses a topic that differs from another only in "." for "_", and two of one name would be one log.
void check_topics(const std::vector<Capture>& captures, Sink& sink) {
  std::map<std::string, std::string> taken;
  for (const Capture& capture : captures) {
    for (const CapturedTable& table : capture.tables) {
      Place place = Place::in(capture.source->head.declaration, {});
      if (table.topic.size() > kMaxTopic) {
        sink.report(diag::TableName, place,
                    fmt::format("the topic `{}` would be longer than Kafka allows", table.topic))
            .help(fmt::format("shorten the source's name: a topic has at most {} bytes", kMaxTopic));
      }
      std::string same = table.topic;
      std::replace(same.begin(), same.end(), '.', '_');
      auto [other, is_new] = taken.emplace(same, table.topic);
      if (is_new) continue;
      sink.report(diag::TableName, place,
                  fmt::format("Kafka cannot hold the topics `{}` and `{}` side by side", other->second, table.topic))
          .note("it does not tell `.` and `_` apart in a topic's name")
          .help("capture one of them under a source of another name");
    }
  }
}

}  // namespace

void check_keys(Plugin plugin, const Config& config, Place place, Sink& sink) {
  for (const std::string& key : unknown_keys(plugin, config)) {
    std::string suggestion = key_suggestion(plugin, key);
    sink.report(diag::InternalKey, place, fmt::format("internal: no connector has the key `{}`", key))
        .help(fmt::format("report this as a fault of pipec{}{}", suggestion.empty() ? "" : "; ", suggestion));
  }
}

void check_captures(const pipeline::Pipeline& pipeline, Sink& sink) {
  std::vector<Capture> captures = captures_of(pipeline);
  check_landing(captures, sink);
  for (const Capture& capture : captures) Checker(capture, sink).run();
  check_topics(captures, sink);
}

}  // namespace pipec::backend::kafka_connect
