// manifest.json: format version, project, engines, connections, the order of the nodes, and each part with its hash.
#include <fmt/format.h>

#include "base/hash.h"
#include "orchestration/documents.h"

namespace pipec::orchestration {

namespace {

Value engine_value(std::string_view kind, std::string_view connection) {
  return Value::object({{"kind", kind}, {"connection", connection}});
}

}  // namespace

Value pools_value(const pipeline::Pipeline& pipeline) {
  std::map<Symbol, int, ByText> writers;
  for (const pipeline::Schedule& schedule : pipeline.schedules) {
    for (Symbol node : schedule.nodes) ++writers[node];
  }
  for (const pipeline::Model& model : pipeline.models) {
    if (model.materialization == pipeline::Materialization::IncrementalByTime) ++writers[model.head.name];
  }
  Value pools = Value::object();
  for (const auto& [node, count] : writers) {
    if (count > 1)
      pools.add(std::string(node.text()),
                file_part(fmt::format("{}.{}.{}", pipeline.project, pipeline.target.name, node.text())));
  }
  return pools;
}

Value fields_value(const pipeline::Connection* connection, std::string_view orchestrator) {
  Value fields = Value::object();
  if (!connection) return fields;
  for (const auto& [name, field] : connection->fields) {
    const auto reference = field.references.find(std::string(orchestrator));
    if (reference != field.references.end()) {
      fields.add(name, Value::object({{"reference", reference->second}}));
    } else if (!field.plain.empty()) {
      fields.add(name, Value::object({{"value", field.plain}}));
    }
  }
  return fields;
}

Value manifest_value(const pipeline::Pipeline& pipeline, const ArtifactFiles& emitted, std::string_view orchestrator) {
  Value value = Value::object(
      {{"format_version", kManifestFormat}, {"project", pipeline.project}, {"target", pipeline.target.name}});
  Value destinations = Value::object();
  Value connections = Value::object();
  auto connect = [&](Symbol name) {
    connections.set(std::string(name.text()), fields_value(pipeline.connection(name), orchestrator));
  };
  connect(Symbol::of(kWarehouse));
  for (const pipeline::Destination& destination : pipeline.destinations) {
    destinations.add(std::string(destination.head.name.text()),
                     engine_value(destination.kind.text(), destination.connection.text()));
    connect(destination.connection);
  }
  value.add("warehouse", engine_value(pipeline.target.engine, kWarehouse));
  value.add("destinations", std::move(destinations));
  value.add("connections", std::move(connections));
  value.add("pools", pools_value(pipeline));
  Value order = Value::array();
  for (Symbol name : pipeline.order) order.push(name.text());
  value.add("order", std::move(order));
  std::map<Part, Value> parts;
  for (Part part : {Part::Platform, Part::Source, Part::Node, Part::Check, Part::Dashboard, Part::Schedule})
    parts[part] = Value::object();
  for (const auto& [part, name] : all_parts(pipeline)) {
    const std::string path = part_path(part, name);
    const auto document = emitted.find(fmt::format("{}/{}", orchestrator, path));
    if (document == emitted.end()) continue;  // a platform that sets nothing up
    parts[part].add(std::string(name.text()),
                    Value::object({{"file", path}, {"sha256", sha256_hex(document->second)}}));
  }
  for (auto& [part, entries] : parts) value.add(std::string(part_name(part)), std::move(entries));
  return value;
}

}  // namespace pipec::orchestration
