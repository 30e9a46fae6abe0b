// What the connectors and the SQL of one source are made of: the source, its connection, the tables that are
// captured, and the names of what stands in the database and in Kafka.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "kafka_connect/landing.h"
#include "pipeline/pipeline.h"

namespace pipec::backend::kafka_connect {

inline constexpr std::string_view kBackend = "kafka_connect";
inline constexpr std::string_view kDefaultRole = "pipec_cdc";
inline constexpr std::string_view kDefaultKafka = "kafka";
inline constexpr std::string_view kDefaultStorage = "landing";
/// Schema at the source for what is ours there.
inline constexpr std::string_view kSchema = "pipec";
/// Kafka refuses a longer topic.
inline constexpr size_t kMaxTopic = 249;

enum class Database { Postgres, SqlServer, MySql };

/// What differs between databases and is no more than a word.
struct DatabaseFacts {
  std::string_view title;       // "SQL Server"
  std::string_view port;        // the usual one
  size_t max_identifier;        // what is longer is cut or refused
  bool keeps_history_in_kafka;  // the connector keeps the tables' structure in a topic of its own
};
const DatabaseFacts& facts_of(Database database);

struct CapturedTable {
  const pipeline::Cdc* cdc = nullptr;
  const pipeline::SourceTable* table = nullptr;
  std::string topic;  // also the name of the sink that lands it
  /// PostgreSQL: the whole row before a change is needed from the source (pipeline/whole_rows.h).
  bool full_identity = false;
  /// PostgreSQL: its key may be looked at when a statement or a transaction ends (the same file).
  bool late_keys = false;
  /// The declared key is not the primary key: events are keyed by it.
  bool own_key = false;
  std::string instance;  // SQL Server: the capture instance
};

struct Capture {
  Database database = Database::Postgres;
  const pipeline::Source* source = nullptr;
  const pipeline::Connection* connection = nullptr;  // nullptr: pipec.yaml has none
  const pipeline::Connection* kafka = nullptr;       // of the brokers; the same
  std::string kafka_name;                            // of that connection
  std::string slot, publication, heartbeat_table;    // PostgreSQL
  bool own_slot = true, own_publication = true;      // made and dropped by the scripts
  std::string reader;                                // SQL Server: the database's role that may read the changes
  std::string history_topic, signal_topic;
  std::vector<std::string> signal_table;  // as the database names it, from its schema on; empty: none
  std::string signal_instance;            // SQL Server: its capture instance
  std::string role;
  std::optional<Landing> landing;  // of the target
  const pipeline::Connection* storage =
      nullptr;                        // with the keys to it, where it is a cloud's; nullptr: pipec.yaml has none
  std::string storage_name;           // of that connection
  bool managed = false;               // Confluent Cloud runs the source's connector
  bool own_sinks = true;              // workers of one's own run the sinks
  std::vector<CapturedTable> tables;  // by schema and name
};

/// Sources of which at least one table is captured. The pipeline outlives them.
std::vector<Capture> captures_of(const pipeline::Pipeline& pipeline);
/// nullopt: nothing of it is captured.
std::optional<Capture> capture_of(const pipeline::Pipeline& pipeline, const pipeline::Source& source);

/// Confluent Cloud runs what reads the sources.
bool is_managed(const pipeline::Pipeline& pipeline);
/// Workers of one's own run the sinks.
bool has_own_sinks(const pipeline::Pipeline& pipeline);

/// Confluent Cloud runs the sinks, and they can.
inline bool lands_managed(const Capture& capture) {
  return !capture.own_sinks && capture.landing && capture.landing->kind != Landing::Kind::Folder;
}

}  // namespace pipec::backend::kafka_connect
