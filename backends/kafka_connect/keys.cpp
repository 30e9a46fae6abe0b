#include "kafka_connect/keys.h"

#include <algorithm>
#include <cstdlib>
#include <set>

#include "artifact/document.h"
#include "diagnostics/diagnostic.h"

namespace pipec::backend::kafka_connect {
namespace {

constexpr const char* kDebeziumPostgres =
#include "keys_debezium_postgres.inc"
    ;
constexpr const char* kDebeziumSqlServer =
#include "keys_debezium_sqlserver.inc"
    ;
constexpr const char* kDebeziumMySql =
#include "keys_debezium_mysql.inc"
    ;
constexpr const char* kConfluentPostgres =
#include "keys_confluent_postgres.inc"
    ;
constexpr const char* kConfluentSqlServer =
#include "keys_confluent_sqlserver.inc"
    ;
constexpr const char* kConfluentMySql =
#include "keys_confluent_mysql.inc"
    ;
constexpr const char* kConfluentS3Sink =
#include "keys_confluent_s3_sink.inc"
    ;
constexpr const char* kConfluentAdlsSink =
#include "keys_confluent_adls_sink.inc"
    ;
constexpr const char* kFileSink =
#include "keys_file_sink.inc"
    ;
constexpr const char* kConnectSource =
#include "keys_connect_source.inc"
    ;
constexpr const char* kConnectSink =
#include "keys_connect_sink.inc"
    ;

struct Keys {
  std::set<std::string, std::less<>> names;
  std::vector<std::string> families;  // with a `*` or a dot at the end
};

void read(const char* json, Keys& keys) {
  ParsedJson parsed = parse_json(json);
  if (!parsed.ok) std::abort();  // our own file, compiled in: the tests read it
  for (const Value& entry : *parsed.value.items()) {
    const std::string& name = *entry.find("name")->text();
    if (name.ends_with('.') || name.find('*') != std::string::npos) {
      keys.families.push_back(name);
    } else {
      keys.names.insert(name);
    }
  }
}

Keys read_one(const char* own) {
  Keys keys;
  read(own, keys);
  return keys;
}

Keys read_both(const char* own, const char* common) {
  Keys keys;
  read(own, keys);
  read(common, keys);
  return keys;
}

const Keys& keys_of(Plugin plugin) {
  static const Keys kPostgres = read_both(kDebeziumPostgres, kConnectSource);
  static const Keys kSqlServer = read_both(kDebeziumSqlServer, kConnectSource);
  static const Keys kMySql = read_both(kDebeziumMySql, kConnectSource);
  static const Keys kManagedPostgres = read_one(kConfluentPostgres);
  static const Keys kManagedSqlServer = read_one(kConfluentSqlServer);
  static const Keys kManagedMySql = read_one(kConfluentMySql);
  static const Keys kManagedS3 = read_one(kConfluentS3Sink);
  static const Keys kManagedAdls = read_one(kConfluentAdlsSink);
  static const Keys kSink = read_both(kFileSink, kConnectSink);
  switch (plugin) {
    case Plugin::DebeziumPostgres:
      return kPostgres;
    case Plugin::DebeziumSqlServer:
      return kSqlServer;
    case Plugin::DebeziumMySql:
      return kMySql;
    case Plugin::ConfluentPostgres:
      return kManagedPostgres;
    case Plugin::ConfluentSqlServer:
      return kManagedSqlServer;
    case Plugin::ConfluentMySql:
      return kManagedMySql;
    case Plugin::ConfluentS3Sink:
      return kManagedS3;
    case Plugin::ConfluentAdlsSink:
      return kManagedAdls;
    case Plugin::FileSink:
      break;
  }
  return kSink;
}

bool matches(std::string_view family, std::string_view key) {
  while (!family.empty()) {
    if (family == ".") return key.size() > 1 && key[0] == '.';  // the end of a prefix
    if (family[0] == '*') {
      size_t word = std::min(key.find('.'), key.size());
      if (word == 0) return false;
      key.remove_prefix(word);
    } else {
      if (key.empty() || key[0] != family[0]) return false;
      key.remove_prefix(1);
    }
    family.remove_prefix(1);
  }
  return key.empty();
}

/// Families whose word is an alias that another key has to list.
struct Aliased {
  std::string_view prefix, list, always;
};
constexpr Aliased kAliased[] = {{"transforms.", "transforms", ""},
                                {"predicates.", "predicates", ""},
                                {"topic.creation.", "topic.creation.groups", "default"}};

bool lists(const Config& config, std::string_view list, std::string_view alias) {
  for (const auto& [key, value] : config) {
    if (key != list) continue;
    for (std::string_view rest = value; !rest.empty();) {
      size_t comma = std::min(rest.find(','), rest.size());
      if (rest.substr(0, comma) == alias) return true;
      rest.remove_prefix(std::min(comma + 1, rest.size()));
    }
  }
  return false;
}

bool alias_is_named(const Config& config, std::string_view key) {
  for (const Aliased& family : kAliased) {
    if (key == family.list || !key.starts_with(family.prefix)) continue;
    std::string_view alias = key.substr(family.prefix.size());
    alias = alias.substr(0, alias.find('.'));
    return alias == family.always || lists(config, family.list, alias);
  }
  return true;
}

}  // namespace

bool known_key(Plugin plugin, std::string_view key) {
  const Keys& keys = keys_of(plugin);
  if (keys.names.contains(key)) return true;
  return std::any_of(keys.families.begin(), keys.families.end(),
                     [&](const std::string& family) { return matches(family, key); });
}

std::string key_suggestion(Plugin plugin, std::string_view key) {
  const Keys& keys = keys_of(plugin);
  return did_you_mean(key, {keys.names.begin(), keys.names.end()});
}

std::vector<std::string> unknown_keys(Plugin plugin, const Config& config) {
  std::vector<std::string> unknown;
  for (const auto& [key, value] : config) {
    if (!known_key(plugin, key) || !alias_is_named(config, key)) unknown.push_back(key);
  }
  return unknown;
}

}  // namespace pipec::backend::kafka_connect
