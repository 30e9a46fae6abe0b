// The backend: exports in upsert mode to PostgreSQL, and the destinations that they go to.
#include <algorithm>

#include <fmt/format.h>

#include "postgres/diagnostics.h"
#include "postgres/lower.h"

namespace pipec::backend {

namespace postgres {
namespace {

constexpr std::string_view kDestination = "destination:";
constexpr std::string_view kExport = "export:";
constexpr size_t kMaxIdentifier = 63;  // bytes

bool is_ours(const pipeline::Destination& destination) {
  return destination.kind.text() == "postgres";
}

class PostgresBackend : public Backend {
 public:
  const BackendInfo& info() const override {
    static const BackendInfo kInfo = {"postgres", {}, {Capability::ExportPostgresUpsert}};
    return kInfo;
  }

  std::vector<Unit> units(const pipeline::Pipeline& pipeline) const override {
    std::vector<Unit> units;
    for (const pipeline::Destination& destination : pipeline.destinations)
      if (is_ours(destination))
        units.push_back({Symbol::of(fmt::format("{}{}", kDestination, destination.head.name.text()))});
    for (const pipeline::Export& e : pipeline.exports) {
      const pipeline::Destination* destination = pipeline.destination(e.destination);
      if (destination && is_ours(*destination))
        units.push_back({Symbol::of(fmt::format("{}{}", kExport, e.head.name.text()))});
    }
    return units;
  }

  void check(const pipeline::Pipeline& pipeline, Sink& sink) const override;

  Output lower(View& view, const Unit& unit) const override {
    const std::string_view key = unit.key.text();
    if (key.starts_with(kDestination)) {
      const pipeline::Destination& destination = *view.destination(Symbol::of(key.substr(kDestination.size())));
      StepWriter steps(Symbol::of("platform:postgres"), destination.head.name,
                       fmt::format("{}/schema", file_part(destination.head.name.text())), destination.head);
      lower_destination(steps, destination);
      return steps.take();
    }
    const Symbol name = Symbol::of(key.substr(kExport.size()));
    const pipeline::Export& e = *view.export_(name);
    const pipeline::Node& node = *view.node(name);
    const pipeline::Destination& destination = *view.destination(e.destination);
    const ExportNames names(e, destination, node);
    StepWriter steps(name, e.destination,
                     fmt::format("{}/exports/{}", file_part(e.destination.text()), file_part(name.text())), e.head);
    steps.writes = {name};
    lower_export_migration(steps, names, e, node);
    steps.reads = {e.source};
    lower_export_run(steps, names, e, view.target());
    return steps.take();
  }

  /// What migrates each destination, for psql: the files of the steps, one after another.
  ArtifactFiles index(View& view, const ArtifactFiles&) const override {
    const pipeline::Pipeline& pipeline = view.everything();
    ArtifactFiles files;
    for (const pipeline::Destination& destination : pipeline.destinations) {
      if (!is_ours(destination)) continue;
      std::vector<Symbol> owners = {Symbol::of("platform:postgres")};
      for (const pipeline::Export& e : pipeline.exports) owners.push_back(e.head.name);
      std::string script;
      for (Symbol owner : owners) {
        const pipeline::StepList* list = view.steps(owner);
        if (!list) continue;
        for (const pipeline::Step& step : list->steps)
          if (step.phase == pipeline::Phase::Migrate && step.destination == destination.head.name) script += step.sql;
      }
      files[fmt::format("{}/migrate.sql", file_part(destination.head.name.text()))] = script;
    }
    return files;
  }
};

void check_length(std::string_view what, std::string_view name, Symbol declaration, Symbol member, Sink& sink) {
  if (name.size() <= kMaxIdentifier) return;
  sink.report(diag::LongIdentifier, Place::of_member(declaration, member),
              fmt::format("the {} `{}` has {} bytes, PostgreSQL keeps {}", what, name, name.size(), kMaxIdentifier))
      .help("choose a shorter name: PostgreSQL would cut it without a word");
}

/// Without a change feed of its own.
bool is_view(const pipeline::Pipeline& pipeline, const pipeline::Node& node) {
  if (node.kind == pipeline::NodeKind::CdcCurrent || node.kind == pipeline::NodeKind::CdcHistory) return true;
  const pipeline::Model* model = node.kind == pipeline::NodeKind::Model ? pipeline.model(node.head.name) : nullptr;
  return model && model->materialization == pipeline::Materialization::View;
}

void check_export(const pipeline::Pipeline& pipeline, const pipeline::Export& e,
                  const pipeline::Destination& destination, Sink& sink) {
  const Symbol declaration = e.head.declaration;
  const pipeline::Node* node = pipeline.node(e.head.name);
  const pipeline::Node* source = pipeline.node(e.source);
  if (!node || !source) return;
  const ExportNames names(e, destination, *node);
  check_length("table", names.name, declaration, {}, sink);
  for (Symbol role : e.grant_select_to) check_length("role", role.text(), declaration, {}, sink);
  for (const pipeline::Column& column : node->columns) {
    check_length("column", column.name.text(), source->head.declaration, column.name.folded(), sink);
    const bool in_key = std::find(e.key.begin(), e.key.end(), column.name) != e.key.end();
    if (!in_key || !column.nullable) continue;
    sink.report(diag::NullableKey, Place::of_member(declaration, {}),
                fmt::format("the key column `{}` may be NULL, and no primary key takes that", column.name.text()))
        .label(Place::of_member(source->head.declaration, column.name.folded()), "it comes from here")
        .help(fmt::format("declare `{} ... not null` in the contract of `{}`", column.name.text(), e.source.text()));
  }
  if (!is_view(pipeline, *source)) return;
  sink.report(diag::NoChanges, Place::of_member(declaration, {}),
              fmt::format("`{}` is a view, and a view does not say what changed", e.source.text()))
      .label(Place::of_member(source->head.declaration, {}), "it is declared here")
      .help("export a model that is a table: `full` or `incremental`");
}

void PostgresBackend::check(const pipeline::Pipeline& pipeline, Sink& sink) const {
  for (const pipeline::Destination& destination : pipeline.destinations) {
    if (!is_ours(destination)) continue;
    // The longest of the names made of it.
    const SchemaNames names(destination);
    check_length("role", names.writer, destination.head.declaration, {}, sink);
  }
  for (const pipeline::Export& e : pipeline.exports) {
    const pipeline::Destination* destination = pipeline.destination(e.destination);
    if (destination && is_ours(*destination)) check_export(pipeline, e, *destination, sink);
  }
}

}  // namespace
}  // namespace postgres

const Backend& postgres_backend() {
  static const postgres::PostgresBackend kBackend;
  return kBackend;
}

}  // namespace pipec::backend
