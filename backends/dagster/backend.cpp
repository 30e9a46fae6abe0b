// The backend: a part of the manifest an object, and the index with the runtime beside it.
#include <algorithm>

#include <fmt/format.h>

#include "base/hash.h"
#include "dagster/diagnostics.h"
#include "dagster/documents.h"

namespace pipec::backend {

namespace dagster {
namespace {

struct RuntimeFile {
  const char* path;
  const char* text;
};
constexpr RuntimeFile kRuntimeFiles[] = {
#include "runtime_files.inc"
};

constexpr const char* kDefinitions =
    "import pathlib, sys; sys.path.insert(0, str(pathlib.Path(__file__).parent / '_runtime'))\n"
    "import pipec_dagster\n"
    "defs = pipec_dagster.load(__file__)\n";

constexpr std::string_view kWarehouse = "warehouse";  // the name of the connection to it

Unit unit_of(Part part, Symbol name) {
  return {Symbol::of(fmt::format("{}:{}", part_name(part), name.text()))};
}

std::pair<Part, Symbol> part_of(const Unit& unit) {
  const std::string_view key = unit.key.text();
  const size_t colon = key.find(':');
  for (Part part : {Part::Node, Part::Check, Part::Schedule, Part::Source}) {
    if (key.substr(0, colon) == part_name(part)) return {part, Symbol::of(key.substr(colon + 1))};
  }
  return {Part::Platform, Symbol::of(key.substr(colon + 1))};
}

bool is_there(View& view, Part part, Symbol name) {
  return part != Part::Platform || view.steps(Symbol::of(fmt::format("platform:{}", name.text())));
}

/// What the runtime is told of a field: a plain value, or where to look it up.
Value fields_value(const pipeline::Connection* connection) {
  Value fields = Value::object();
  if (!connection) return fields;
  for (const auto& [name, field] : connection->fields) {
    const auto reference = field.references.find("dagster");
    if (reference != field.references.end()) {
      fields.add(name, Value::object({{"reference", reference->second}}));
    } else if (!field.plain.empty()) {
      fields.add(name, Value::object({{"value", field.plain}}));
    }
  }
  return fields;
}

Value engine_value(std::string_view kind, std::string_view connection) {
  return Value::object({{"kind", kind}, {"connection", connection}});
}

Value manifest_value(const pipeline::Pipeline& pipeline, const ArtifactFiles& emitted) {
  Value value = Value::object(
      {{"format_version", kManifestFormat}, {"project", pipeline.project}, {"target", pipeline.target.name}});
  Value destinations = Value::object();
  Value connections = Value::object();
  connections.set(std::string(kWarehouse), fields_value(pipeline.connection(Symbol::of(kWarehouse))));
  for (const pipeline::Destination& destination : pipeline.destinations) {
    const std::string_view connection = destination.connection.text();
    destinations.add(std::string(destination.head.name.text()), engine_value(destination.kind.text(), connection));
    connections.set(std::string(connection), fields_value(pipeline.connection(destination.connection)));
  }
  value.add("warehouse", engine_value(pipeline.target.engine, kWarehouse));
  value.add("destinations", std::move(destinations));
  value.add("connections", std::move(connections));
  Value order = Value::array();
  for (Symbol name : pipeline.order) order.push(name.text());
  value.add("order", std::move(order));
  std::map<Part, Value> parts;
  for (Part part : {Part::Platform, Part::Source, Part::Node, Part::Check, Part::Schedule})
    parts[part] = Value::object();
  for (const auto& [part, name] : all_parts(pipeline)) {
    const std::string path = part_path(part, name);
    const auto document = emitted.find(fmt::format("dagster/{}", path));
    if (document == emitted.end()) continue;  // a platform that sets nothing up
    parts[part].add(std::string(name.text()),
                    Value::object({{"file", path}, {"sha256", sha256_hex(document->second)}}));
  }
  for (auto& [part, entries] : parts) value.add(std::string(part_name(part)), std::move(entries));
  return value;
}

Value workspace_value(const pipeline::Pipeline& pipeline) {
  Value file = Value::object({{"relative_path", "definitions.py"},
                              {"location_name", fmt::format("{}_{}", pipeline.project, pipeline.target.name)}});
  return Value::object({{"load_from", Value::array({Value::object({{"python_file", std::move(file)}})})}});
}

/// One of the fields is enough to open the connection; the message names the first.
void check_connection(const pipeline::Pipeline& pipeline, Symbol name, Symbol declaration,
                      std::initializer_list<const char*> needed, Sink& sink) {
  const pipeline::Connection* connection = pipeline.connection(name);
  const Value fields = fields_value(connection);
  if (std::any_of(needed.begin(), needed.end(), [&](const char* field) { return fields.find(field); })) return;
  sink.report(diag::ConnectionField, Place::of_member(declaration, {}),
              connection ? fmt::format("connection `{}` does not say for dagster what its `{}` is", name.text(),
                                       *needed.begin())
                         : fmt::format("pipec.yaml has no connection `{}`, by which Dagster reaches it", name.text()))
      .help(fmt::format("write `{}: {{ dagster: \"env:NAME\" }}` under `connections: {}:` in pipec.yaml",
                        *needed.begin(), name.text()));
}

class DagsterBackend : public Backend {
 public:
  const BackendInfo& info() const override {
    static const BackendInfo kInfo = {
        "dagster",
        {{"schedules", "running", {"running", "stopped"}, "whether schedules fire once the definitions are loaded"}},
        {Capability::Schedule}};
    return kInfo;
  }

  std::vector<Unit> units(const pipeline::Pipeline& pipeline) const override {
    std::vector<Unit> units;
    for (const auto& [part, name] : all_parts(pipeline)) units.push_back(unit_of(part, name));
    return units;
  }

  void check(const pipeline::Pipeline& pipeline, Sink& sink) const override {
    for (const pipeline::Destination& destination : pipeline.destinations) {
      if (!pipeline.connection(destination.connection)) continue;  // said already
      check_connection(pipeline, destination.connection, destination.head.declaration, {"dsn", "host"}, sink);
    }
    if (pipeline.schedules.empty()) return;
    check_connection(pipeline, Symbol::of(kWarehouse), pipeline.schedules.front().head.declaration, {"http_path"},
                     sink);
  }

  ArtifactFiles emit(View& view, const Unit& unit) const override {
    const auto [part, name] = part_of(unit);
    if (!is_there(view, part, name)) return {};
    return {{part_path(part, name), part_document(view, part, name)}};
  }

  ArtifactFiles index(View& view, const ArtifactFiles& emitted) const override {
    ArtifactFiles files = {{"manifest.json", print_json(manifest_value(view.everything(), emitted))},
                           {"definitions.py", kDefinitions},
                           {"workspace.yaml", print_yaml(workspace_value(view.everything()))}};
    for (const RuntimeFile& file : kRuntimeFiles) files[fmt::format("_runtime/{}", file.path)] = file.text;
    return files;
  }
};

}  // namespace
}  // namespace dagster

const Backend& dagster_backend() {
  static const dagster::DagsterBackend kBackend;
  return kBackend;
}

}  // namespace pipec::backend
