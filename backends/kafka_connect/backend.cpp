// Kafka Connect: Debezium reads a database, a sink a table lands what it says.
#include "backend/backend.h"

#include <fmt/format.h>

#include "kafka_connect/capture.h"
#include "kafka_connect/check.h"
#include "kafka_connect/connectors.h"
#include "kafka_connect/deploy.h"
#include "kafka_connect/source_sql.h"
#include "kafka_connect/strimzi.h"
#include "kafka_connect/topics.h"

namespace pipec::backend {
namespace kafka_connect {
namespace {

constexpr std::string_view kUnit = "source:";

std::vector<OptionSpec> options() {
  return {
      {"host", "self_hosted", {"self_hosted", "strimzi", "confluent_cloud"}, "who runs the Connect workers"},
      {"sinks", "same", {"same", "self_hosted"}, "who runs the sinks: those of Confluent Cloud write to no folder"},
      {"role",
       kDefaultRole,
       {},
       "the login role of the connectors at the source, where the connection's `user` is a reference"},
      {"kafka",
       kDefaultKafka,
       {},
       "the connection of the brokers, for what connectors of SQL Server and MySQL keep there and for signals"},
      {"storage",
       kDefaultStorage,
       {},
       "the connection with the keys to the landing, where Confluent Cloud's sinks write to the storage of a cloud"},
      {"strimzi_api", "v1beta2", {"v1beta2", "v1"}, "the version of Strimzi's resources"},
      {"connect_cluster", "connect", {}, "the name of Strimzi's KafkaConnect"},
      {"kafka_cluster", "kafka", {}, "the name of Strimzi's Kafka"}};
}

/// Connectors and topics, as whoever runs the workers takes them.
void add_resources(const Capture& capture, const pipeline::Target& target, ArtifactFiles& files) {
  std::vector<Config> connectors{source_connector(capture)};
  for (const CapturedTable& table : capture.tables) connectors.push_back(sink_connector(capture, table));
  auto option = [&](const char* name) { return target.option(kBackend, name); };
  if (option("host") == "strimzi") {
    Cluster cluster{option("strimzi_api"), option("connect_cluster"), option("kafka_cluster")};
    for (const Config& config : connectors) {
      files[fmt::format("connectors/{}.yaml", resource_name(config.front().second))] =
          connector_resource(config, cluster);
    }
    for (const Topic& topic : topics_of(capture)) {
      files[fmt::format("topics/{}.yaml", resource_name(topic.name))] = topic_resource(topic, cluster);
    }
    return;
  }
  for (const Config& config : connectors) {
    files[fmt::format("connectors/{}.json", file_part(config.front().second))] = connector_document(config);
  }
  for (const Topic& topic : topics_of(capture)) {
    files[fmt::format("topics/{}.json", file_part(topic.name))] = topic_document(topic);
  }
}

class KafkaConnect : public Backend {
 public:
  const BackendInfo& info() const override {
    static const BackendInfo kInfo{
        .name = kBackend,
        .options = options(),
        .supports = {Capability::SourcePostgres, Capability::SourceSqlServer, Capability::SourceMySql,
                     Capability::SourceReplica, Capability::SourceLandEvery, Capability::SourceSignals,
                     Capability::SourceSetting, Capability::SourceSlot}};
    return kInfo;
  }

  std::vector<Unit> units(const pipeline::Pipeline& pipeline) const override {
    std::vector<Unit> units;
    for (const Capture& capture : captures_of(pipeline)) {
      units.push_back({Symbol::of(fmt::format("{}{}", kUnit, capture.source->head.name.text()))});
    }
    return units;
  }

  void check(const pipeline::Pipeline& pipeline, Sink& sink) const override { check_captures(pipeline, sink); }

  ArtifactFiles emit(View& view, const Unit& unit) const override {
    // Which tables are captured is a fact of the whole graph.
    const pipeline::Pipeline& pipeline = view.everything();
    const pipeline::Source* source = pipeline.source(Symbol::of(unit.key.text().substr(kUnit.size())));
    std::optional<Capture> capture = source ? capture_of(pipeline, *source) : std::nullopt;
    ArtifactFiles files;
    if (!capture) return files;
    add_resources(*capture, pipeline.target, files);
    std::string name = file_part(source->head.name.text());
    for (const auto& [purpose, text] : source_scripts(*capture)) {
      files[fmt::format("source/{}{}{}.sql", name, purpose.empty() ? "" : ".", purpose)] = text;
    }
    return files;
  }

  std::vector<DeployStep> deploy(View& view, const ArtifactFiles& emitted) const override {
    return deploy_steps(view.everything(), emitted);
  }
};

}  // namespace
}  // namespace kafka_connect

const Backend& kafka_connect_backend() {
  static const kafka_connect::KafkaConnect kBackend;
  return kBackend;
}

}  // namespace pipec::backend
