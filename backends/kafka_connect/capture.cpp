#include "kafka_connect/capture.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/hash.h"
#include "kafka_connect/fields.h"
#include "pipeline/cdc_columns.h"
#include "pipeline/whole_rows.h"

namespace pipec::backend::kafka_connect {
namespace {

/// A name for the columns that are captured: other columns need another instance, beside the old one at first.
std::string instance_of(const pipeline::Source& source, const pipeline::SourceTable& table) {
  constexpr size_t kMost = 100, kHash = 8;
  Hasher hasher;
  hasher.add(table.schema.text()).add(table.name.text());
  for (const pipeline::SourceColumn& column : table.columns) hasher.add(column.column.name.text());
  std::string name = fmt::format("pipec_{}_{}_{}", source.head.name.text(), table.schema.text(), table.name.text());
  return fmt::format("{}_{}", name.substr(0, kMost - kHash - 1), hasher.finish().hex().substr(0, kHash));
}

CapturedTable captured(const pipeline::Source& source, const pipeline::Cdc& cdc, const pipeline::SourceTable& table) {
  CapturedTable out;
  out.cdc = &cdc;
  out.table = &table;
  out.topic = pipeline::landing_topic(source, table);
  out.instance = instance_of(source, table);
  out.own_key = pipeline::has_own_key(cdc, table);
  out.full_identity = pipeline::sends_whole_rows(cdc, table);
  out.late_keys = pipeline::knows_late_keys(cdc, table);
  return out;
}

std::string option_of(const pipeline::Pipeline& pipeline, const char* name, std::string_view fallback) {
  auto options = pipeline.target.backends.find(std::string(kBackend));
  if (options == pipeline.target.backends.end()) return std::string(fallback);
  auto found = options->second.find(name);
  return found == options->second.end() ? std::string(fallback) : found->second;
}

std::string role_of(const pipeline::Pipeline& pipeline, const pipeline::Connection* connection) {
  Field user = field_of(connection, "user");
  if (user.state == Field::State::Plain) return user.value;
  return option_of(pipeline, "role", kDefaultRole);
}

/// Beside the heartbeat's where there is a schema of our own, else where every table without a schema is.
std::vector<std::string> signal_table_of(const Capture& capture) {
  std::string_view name = capture.source->head.name.text();
  switch (capture.database) {
    case Database::Postgres:
      return {std::string(kSchema), fmt::format("signals_{}", name)};
    case Database::SqlServer:
      return {"dbo", fmt::format("pipec_signals_{}", name)};
    case Database::MySql:
      break;
  }
  return {std::string(capture.source->database.text()), fmt::format("pipec_signals_{}", name)};
}

Database database_of(const pipeline::Source& source) {
  if (source.kind.text() == "sqlserver") return Database::SqlServer;
  return source.kind.text() == "mysql" ? Database::MySql : Database::Postgres;
}

}  // namespace

const DatabaseFacts& facts_of(Database database) {
  static constexpr DatabaseFacts kFacts[] = {
      {"PostgreSQL", "5432", 63, false}, {"SQL Server", "1433", 128, true}, {"MySQL", "3306", 64, true}};
  return kFacts[static_cast<size_t>(database)];
}

std::optional<Capture> capture_of(const pipeline::Pipeline& pipeline, const pipeline::Source& source) {
  Capture capture;
  for (const pipeline::Cdc& cdc : pipeline.cdcs) {
    if (cdc.source != source.head.name) continue;
    if (const pipeline::SourceTable* table = pipeline.source_table(cdc)) {
      capture.tables.push_back(captured(source, cdc, *table));
    }
  }
  if (capture.tables.empty()) return std::nullopt;
  std::sort(capture.tables.begin(), capture.tables.end(),
            [](const CapturedTable& a, const CapturedTable& b) { return a.topic < b.topic; });
  std::string_view name = source.head.name.text();
  capture.source = &source;
  capture.database = database_of(source);
  capture.kafka_name = option_of(pipeline, "kafka", kDefaultKafka);
  capture.kafka = pipeline.connection(Symbol::of(capture.kafka_name).folded());
  capture.reader = fmt::format("pipec_{}", name);
  capture.history_topic = fmt::format("{}.schema_history", name);
  capture.signal_topic = fmt::format("{}.signals", name);
  if (source.signal_table) {
    capture.signal_table = signal_table_of(capture);
    capture.signal_instance = fmt::format("pipec_{}_signals", name);
  }
  capture.connection = pipeline.connection(source.connection);
  capture.slot = fmt::format("pipec_{}", name);
  capture.publication = capture.slot;
  capture.own_slot = source.slot.empty();
  capture.own_publication = source.publication.empty();
  if (!capture.own_slot) capture.slot = source.slot.text();
  if (!capture.own_publication) capture.publication = source.publication.text();
  capture.heartbeat_table = fmt::format("heartbeat_{}", name);
  capture.role = role_of(pipeline, capture.connection);
  capture.landing = landing_of(pipeline.target.landing);
  capture.storage_name = option_of(pipeline, "storage", kDefaultStorage);
  capture.storage = pipeline.connection(Symbol::of(capture.storage_name).folded());
  capture.managed = is_managed(pipeline);
  capture.own_sinks = has_own_sinks(pipeline);
  return capture;
}

bool is_managed(const pipeline::Pipeline& pipeline) {
  return option_of(pipeline, "host", "self_hosted") == "confluent_cloud";
}

bool has_own_sinks(const pipeline::Pipeline& pipeline) {
  return !is_managed(pipeline) || option_of(pipeline, "sinks", "same") == "self_hosted";
}

std::vector<Capture> captures_of(const pipeline::Pipeline& pipeline) {
  std::vector<Capture> captures;
  for (const pipeline::Source& source : pipeline.sources) {
    if (std::optional<Capture> capture = capture_of(pipeline, source)) captures.push_back(std::move(*capture));
  }
  return captures;
}

}  // namespace pipec::backend::kafka_connect
