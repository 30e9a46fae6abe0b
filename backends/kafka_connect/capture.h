// What the connectors and the SQL of one source are made of: the source, its connection, the tables that are
// captured, and the names of what stands in the database and in Kafka.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "pipeline/pipeline.h"

namespace pipec::backend::kafka_connect {

inline constexpr std::string_view kBackend = "kafka_connect";
inline constexpr std::string_view kDefaultRole = "pipec_cdc";
/// Schema at the source for what is ours there.
inline constexpr std::string_view kSchema = "pipec";
/// PostgreSQL cuts a longer name silently; a slot's name it refuses.
inline constexpr size_t kMaxIdentifier = 63;
/// Kafka refuses a longer topic.
inline constexpr size_t kMaxTopic = 249;

struct CapturedTable {
  const pipeline::Cdc* cdc = nullptr;
  const pipeline::SourceTable* table = nullptr;
  std::string topic;  // also the name of the sink that lands it
  /// The whole row before a change is needed from the source: see capture.cpp.
  bool full_identity = false;
  /// The declared key is not the primary key: events are keyed by it.
  bool own_key = false;
};

struct Capture {
  const pipeline::Source* source = nullptr;
  const pipeline::Connection* connection = nullptr;  // nullptr: pipec.yaml has none
  std::string slot, publication, heartbeat_table, role;
  std::string landing;                // URI of the target
  std::vector<CapturedTable> tables;  // by schema and name
};

/// Sources of which at least one table is captured. The pipeline outlives them.
std::vector<Capture> captures_of(const pipeline::Pipeline& pipeline);
/// nullopt: nothing of it is captured.
std::optional<Capture> capture_of(const pipeline::Pipeline& pipeline, const pipeline::Source& source);

/// The folder of a `file:` URI, without a slash at its end; nullopt for every other URI.
std::optional<std::string> landing_folder(std::string_view uri);

}  // namespace pipec::backend::kafka_connect
