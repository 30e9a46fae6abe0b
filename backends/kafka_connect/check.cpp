#include "kafka_connect/check.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "kafka_connect/capture.h"
#include "kafka_connect/confluent.h"
#include "kafka_connect/connectors.h"
#include "kafka_connect/diagnostics.h"
#include "kafka_connect/fields.h"
#include "kafka_connect/overrides.h"
#include "kafka_connect/topics.h"

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

/// What no script for a database can say in any spelling.
bool is_sayable(std::string_view text) {
  bool control =
      std::any_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  return !control && text.find("$(") == std::string_view::npos && text.find('\\') == std::string_view::npos;
}

class Checker {
 public:
  Checker(const Capture& capture, Sink& sink) : capture_(capture), sink_(sink) {}

  void run() {
    check_name();
    check_connection();
    check_role();
    check_heartbeat();
    check_landing_time();
    check_replica();
    check_signals();
    for (const CapturedTable& table : capture_.tables) check_table(table);
    Place place = Place::in(capture_.source->head.declaration, {});
    if (capture_.managed) check_managed(capture_, sink_);
    Config generated = generated_source_connector(capture_);
    check_keys(plugin_of(capture_), generated, place, sink_);
    check_settings(generated, capture_, plugin_of(capture_), sink_);
    for (const CapturedTable& table : capture_.tables) {
      check_keys(sink_plugin(capture_), sink_connector(capture_, table), place, sink_);
    }
  }

 private:
  /// The declaration's name is shown where there is nothing narrower.
  DiagnosticBuilder report(const DiagnosticKind& kind, std::string message) {
    return sink_.report(kind, Place::in(capture_.source->head.declaration, {}), std::move(message));
  }

  void check_name() {
    std::string_view name = capture_.source->head.name.text();
    constexpr size_t kMost = 63;
    bool postgres = capture_.database == Database::Postgres;
    if (!is_small_word(name)) {
      report(diag::SourceName, postgres ? fmt::format("the source `{}` gives its name to a replication slot", name)
                                        : fmt::format("the source `{}` gives its name to topics and roles", name))
          .help(postgres ? "use letters, digits and `_` only: a slot's name takes nothing else"
                         : "use small letters, digits and `_` only");
    } else if (capture_.heartbeat_table.size() > kMost) {
      size_t most = name.size() - (capture_.heartbeat_table.size() - kMost);
      report(diag::SourceName,
             fmt::format("the name of the source `{}` is too long for a table `{}`", name, capture_.heartbeat_table))
          .help(fmt::format("PostgreSQL's names have 63 bytes, so a captured source's has at most {}", most));
    }
    if (!capture_.own_slot && (!is_small_word(capture_.slot) || capture_.slot.size() > kMost)) {
      report(diag::SourceName, fmt::format("a replication slot cannot be called `{}`", capture_.slot))
          .help("its name has small letters, digits and `_`, 63 at most");
    }
    if (capture_.publication.size() > kMost) {
      report(diag::SourceName, fmt::format("a publication cannot be called `{}`", capture_.publication))
          .help("PostgreSQL's names have 63 bytes");
    }
    check_plain("the publication", capture_.publication);
    // Elsewhere a schema is in the topics' names too, as the database is here.
    if (postgres || is_topic_word(capture_.source->database.text())) return;
    report(diag::TableName, fmt::format("the database `{}` gives its name to topics", capture_.source->database.text()))
        .note("a topic's name has letters, digits, `_`, `-` and `.` only")
        .help("such a database cannot be captured; rename it");
  }

  void check_connection() {
    for (const char* name : {"host", "user", "password"}) {
      need_field(capture_.connection, capture_.source->connection.text(), name);
    }
    if (capture_.managed) {
      need_field(capture_.kafka, capture_.kafka_name, "user");
    } else if (facts_of(capture_.database).keeps_history_in_kafka) {
      need_field(capture_.kafka, capture_.kafka_name, "brokers");
    }
    if (field_of(capture_.kafka, "user").state != Field::State::Missing) {
      need_field(capture_.kafka, capture_.kafka_name, "password");
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
          .help(fmt::format("{}'s usual port is {}, and may be left out", facts_of(capture_.database).title,
                            facts_of(capture_.database).port));
    }
    check_plain("the database", capture_.source->database.text());
    if (capture_.database != Database::Postgres) check_tls();
  }

  void need_field(const pipeline::Connection* connection, std::string_view of, std::string_view name) {
    if (field_of(connection, name).state != Field::State::Missing) return;
    report(diag::MissingField,
           fmt::format("the connection `{}` does not say what its `{}` is for kafka_connect", of, name))
        .help(fmt::format("write `{}: {{ kafka_connect: \"env:NAME\" }}` under `connections: {}:` in pipec.yaml", name,
                          of));
  }

  // Java's drivers: other words for the same, and a trust store where PostgreSQL's takes a certificate.
  void check_tls() {
    static constexpr std::string_view kModes[] = {"disable", "require", "verify-ca", "verify-full"};
    Field mode = field_of(capture_.connection, "sslmode");
    bool known = std::find(std::begin(kModes), std::end(kModes), mode.value) != std::end(kModes);
    bool has = known && (mode.value != "verify-ca" || capture_.database == Database::MySql);
    if (mode.state != Field::State::Missing && !has) {
      report(diag::BadValue, fmt::format("the `sslmode` of the connection `{}` is `{}`",
                                         capture_.source->connection.text(), mode.value))
          .help(capture_.database == Database::MySql ? "write disable, require, verify-ca or verify-full"
                                                     : "write disable, require or verify-full");
    }
    Field store = field_of(capture_.connection, "sslrootcert");
    if (store.state != Field::State::Plain) return;
    for (std::string_view end : {".pem", ".crt", ".cer"}) {
      if (!store.value.ends_with(end)) continue;
      report(diag::BadValue,
             fmt::format("`sslrootcert` of the connection `{}` is a certificate", capture_.source->connection.text()))
          .help("this driver takes a Java trust store: make one with keytool (`.p12`, `.jks`) and name that");
    }
  }

  void check_plain(std::string_view what, std::string_view value) {
    if (!reads_as_reference(value)) return;
    report(diag::BadValue, fmt::format("{} is `{}`, which Kafka Connect would take for a reference", what, value))
        .help(
            "Kafka Connect replaces `${...}` wherever it stands, and nothing can stop it: use a value "
            "without it");
  }

  void check_role() {
    constexpr size_t kMostOfMySql = 32;
    std::string folded(Symbol::of(capture_.role).folded().text());
    bool reserved = folded == "public" || folded == "none" || folded.starts_with("pg_");
    size_t most = facts_of(capture_.database).max_identifier, size = capture_.role.size();
    if (capture_.database == Database::SqlServer) {
      reserved = folded == "public" || folded == "dbo" || folded == "guest" || folded == "sys" ||
                 folded == "information_schema" || !is_sayable(capture_.role);
    } else if (capture_.database == Database::MySql) {
      reserved = folded == "root" || folded.starts_with("mysql.") || !is_sayable(capture_.role);
      most = kMostOfMySql;
      size = std::min(size, capture_.role.rfind('@'));
    }
    if (size != 0 && !reserved && size <= most) return;
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

  // A broker lets a transaction last a quarter of an hour, unless it is set up for more.
  void check_landing_time() {
    constexpr int64_t kMostSeconds = 600;
    const std::optional<pipeline::Duration>& every = capture_.source->land_every;
    if (!every || (every->seconds > 0 && every->seconds <= kMostSeconds)) return;
    report(diag::BadValue, fmt::format("changes cannot be landed every {}", every->text))
        .help("write ten minutes at most: so long may a connector's transaction in Kafka last");
  }

  void check_replica() {
    if (!capture_.source->replica || capture_.database != Database::Postgres) return;
    report(diag::Replica, fmt::format("the source `{}` is a replica of PostgreSQL", capture_.source->head.name.text()))
        .note("its heartbeat and its publication are written, and only the primary takes writes")
        .help("let the connection lead to the primary, and take `replica read_only` out");
  }

  void check_signals() {
    if (capture_.signal_table.empty()) return;
    if (capture_.source->replica && capture_.database != Database::Postgres) {
      report(diag::Replica, fmt::format("signals of `{}` by a table, and its connection leads to a replica",
                                        capture_.source->head.name.text()))
          .note(
              "while the connector reads a table anew it writes into the table of signals, and a replica takes no "
              "writes")
          .help("take `signals in_database` out: the topic of signals is there in any case");
    }
    constexpr size_t kMost = 63;
    if (capture_.signal_table[1].size() > kMost) {
      report(diag::SourceName, fmt::format("the name of the source `{}` is too long for a table `{}`",
                                           capture_.source->head.name.text(), capture_.signal_table[1]))
          .help(fmt::format("shorten it by {}", capture_.signal_table[1].size() - kMost));
    }
    if (capture_.source->database.text().find('.') == std::string_view::npos) return;
    report(diag::BadValue, fmt::format("a connector cannot name a table of signals in the database `{}`",
                                       capture_.source->database.text()))
        .note("the parts of its name stand behind one another with dots between them")
        .help("take `signals in_database` out of the source");
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
    const DatabaseFacts& facts = facts_of(capture_.database);
    if (table.schema.text().size() > facts.max_identifier || table.name.text().size() > facts.max_identifier) {
      report(diag::TableName, fmt::format("the name `{}` is longer than {}'s names can be", name, facts.title))
          .help(capture_.database == Database::Postgres
                    ? "write the name that the table has: PostgreSQL cut it to 63 bytes"
                    : "write the name that the table has");
    }
    if (capture_.database == Database::SqlServer) check_columns(table, name);
    if (!captured.own_key) return;
    for (Symbol column : captured.cdc->key) {
      if (is_topic_word(column.text())) continue;
      report(diag::TableName, fmt::format("the column `{}` of `{}` cannot be a key of its own", column.text(), name))
          .note("the connector takes letters, digits and `_` in a column that is not of the primary key")
          .help("declare the key over other columns, or rename this one at the source");
    }
  }

  // The script for the source names each.
  void check_columns(const pipeline::SourceTable& table, std::string_view name) {
    for (const pipeline::SourceColumn& column : table.columns) {
      if (is_sayable(column.column.name.text())) continue;
      report(diag::TableName,
             fmt::format("a script cannot name the column `{}` of `{}`", column.column.name.text(), name))
          .help("rename it at the source, or leave the column out");
    }
  }

  const Capture& capture_;
  Sink& sink_;
};

void check_landing(const std::vector<Capture>& captures, const std::string& uri, Sink& sink) {
  if (captures.empty()) return;
  const Capture& first = captures.front();
  const Place place = Place::in(first.source->head.declaration, {});
  if (!first.landing || reads_as_reference(uri)) {
    sink.report(diag::Landing, place,
                uri.empty() ? std::string("the target says nowhere to land changes")
                            : fmt::format("changes cannot be landed at `{}`: no sink writes there", uri))
        .help(
            "set `landing:` under the target's `warehouse:` in pipec.yaml: \"file:/absolute/path\", or for Confluent "
            "Cloud's sinks \"s3://bucket/path\" or \"abfss://container@account.dfs.core.windows.net\"");
  } else if (first.landing->kind != Landing::Kind::Folder && first.own_sinks) {
    sink.report(
            diag::Landing, place,
            fmt::format("changes cannot be landed at `{}` by workers of your own: their sink writes to a folder", uri))
        .help(
            "set `landing: \"file:/absolute/path\"` under the target's `warehouse:` in pipec.yaml, or let Confluent "
            "Cloud "
            "run the sinks: `host: confluent_cloud`");
  }
}

// Kafka refuses a topic that differs from another only in "." for "_", and two of one name would be one log.
void check_topics(const std::vector<Capture>& captures, Sink& sink) {
  std::map<std::string, std::string> taken;
  for (const Capture& capture : captures) {
    for (const Topic& topic : topics_of(capture)) {
      Place place = Place::in(capture.source->head.declaration, {});
      if (topic.name.size() > kMaxTopic) {
        sink.report(diag::TableName, place, fmt::format("the topic `{}` would be longer than Kafka allows", topic.name))
            .help(fmt::format("shorten the source's name: a topic has at most {} bytes", kMaxTopic));
      }
      std::string same = topic.name;
      std::replace(same.begin(), same.end(), '.', '_');
      auto [other, is_new] = taken.emplace(same, topic.name);
      if (is_new) continue;
      sink.report(diag::TableName, place,
                  fmt::format("Kafka cannot hold the topics `{}` and `{}` side by side", other->second, topic.name))
          .note("it does not tell `.` and `_` apart in a topic's name")
          .help("capture one of them under a source of another name");
    }
  }
}

// A slot has one reader: a second connector takes its changes away.
void check_slots(const std::vector<Capture>& captures, Sink& sink) {
  std::map<std::string, std::string_view> taken;
  for (const Capture& capture : captures) {
    if (capture.database != Database::Postgres) continue;
    std::string_view name = capture.source->head.name.text();
    auto [other, is_new] = taken.emplace(capture.slot, name);
    if (is_new) continue;
    sink.report(diag::SourceName, Place::in(capture.source->head.declaration, {}),
                fmt::format("the sources `{}` and `{}` would read the slot `{}`", other->second, name, capture.slot))
        .help("give each a slot of its own");
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
  check_landing(captures, pipeline.target.landing, sink);
  for (const Capture& capture : captures) Checker(capture, sink).run();
  check_topics(captures, sink);
  check_slots(captures, sink);
}

}  // namespace pipec::backend::kafka_connect
