// The pinned tables of connector keys (compiler/platform/data/connect_keys, made from the real worker; those of Confluent
// Cloud from the templates that Confluent publishes): a worker takes any key and says nothing of a misspelt one, so every
// key is looked up here before it is written.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace pipec::backend::kafka_connect {

enum class Plugin {
  DebeziumPostgres,
  DebeziumSqlServer,
  DebeziumMySql,
  ConfluentPostgres,
  ConfluentSqlServer,
  ConfluentMySql,
  FileSink,
  ConfluentS3Sink,
  ConfluentAdlsSink
};

/// A connector's settings in the order in which they are written.
using Config = std::vector<std::pair<std::string, std::string>>;

/// Whether the plug-in, or the worker for a connector of its side, has the key. In the tables `*` is one word
/// and a name that ends with a dot is a prefix.
bool known_key(Plugin plugin, std::string_view key);
/// "did you mean `snapshot.mode`?"; empty when nothing is near.
std::string key_suggestion(Plugin plugin, std::string_view key);

/// The keys of a configuration that are not known, or that belong to a transformation, predicate or topic
/// group that the configuration does not name.
std::vector<std::string> unknown_keys(Plugin plugin, const Config& config);

}  // namespace pipec::backend::kafka_connect
