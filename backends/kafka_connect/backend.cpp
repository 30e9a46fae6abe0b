// Self-hosted Kafka Connect: Debezium reads a PostgreSQL source, a sink a table lands what it says.
#include "backend/backend.h"

#include <fmt/format.h>

#include "kafka_connect/capture.h"
#include "kafka_connect/check.h"
#include "kafka_connect/connectors.h"
#include "kafka_connect/source_sql.h"

namespace pipec::backend {
namespace kafka_connect {
namespace {

constexpr std::string_view kUnit = "source:";

void add_connector(const Config& config, ArtifactFiles& files) {
  const std::string& name = config.front().second;
  files[fmt::format("connectors/{}.json", file_part(name))] = connector_document(config);
}

class KafkaConnect : public Backend {
 public:
  const BackendInfo& info() const override {
    static const BackendInfo kInfo{
        .name = kBackend,
        .options = {{"host", "self_hosted", {"self_hosted"}, "who runs the Connect workers"},
                    {"role",
                     kDefaultRole,
                     {},
                     "the login role of the connectors at the source, where the connection's `user` is a "
                     "reference"}},
        .supports = {Capability::SourcePostgres}};
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
    add_connector(source_connector(*capture), files);
    for (const CapturedTable& table : capture->tables) add_connector(sink_connector(*capture, table), files);
    std::string name = file_part(source->head.name.text());
    files[fmt::format("source/{}.sql", name)] = setup_sql(*capture);
    files[fmt::format("source/{}.undo.sql", name)] = undo_sql(*capture);
    return files;
  }
};

}  // namespace
}  // namespace kafka_connect

const Backend& kafka_connect_backend() {
  static const kafka_connect::KafkaConnect kBackend;
  return kBackend;
}

}  // namespace pipec::backend
