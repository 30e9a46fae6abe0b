// The backend: exports to PostgreSQL, and the destinations that they go to.
#include <charconv>

#include <fmt/format.h>

#include "pipeline/captured_rows.h"
#include "postgres/check.h"
#include "postgres/lower.h"

namespace pipec::backend {

namespace postgres {
namespace {

constexpr std::string_view kDestination = "destination:";
constexpr std::string_view kExport = "export:";
constexpr std::string_view kPublish = "publish:";
constexpr std::string_view kSwapPercent = "swap_percent";

class PostgresBackend : public Backend {
 public:
  const BackendInfo& info() const override {
    static const BackendInfo kInfo = {
        "postgres",
        {{kSwapPercent,
          "50",
          {"0", "10", "20", "30", "40", "50", "60", "70", "80", "90", "100"},
          "`mode swap` refuses rows that are fewer than this share of those before"}},
        {Capability::ExportPostgresUpsert, Capability::ExportSwap, Capability::ExportReplace,
         Capability::ExportKeepDeletes, Capability::Publish, Capability::ExportVersion, Capability::ExportVector}};
    return kInfo;
  }

  std::vector<Unit> units(const pipeline::Pipeline& pipeline) const override {
    std::vector<Unit> units;
    for (const pipeline::Destination& destination : pipeline.destinations)
      if (is_ours(destination))
        units.push_back({Symbol::of(fmt::format("{}{}", kDestination, destination.head.name.text()))});
    for (const pipeline::Export& e : pipeline.exports) {
      const pipeline::Destination* destination = pipeline.destination(e.destination);
      if (destination && is_ours(*destination) && !publish_of(pipeline, e.head.name))
        units.push_back({Symbol::of(fmt::format("{}{}", kExport, e.head.name.text()))});
    }
    for (const pipeline::Publish& publish : pipeline.publishes) {
      if (is_ours(pipeline, publish))
        units.push_back({Symbol::of(fmt::format("{}{}", kPublish, publish.head.name.text()))});
    }
    return units;
  }

  void check(const pipeline::Pipeline& pipeline, Sink& sink) const override { check_pipeline(pipeline, sink); }

  Output lower(View& view, const Unit& unit) const override {
    const std::string_view key = unit.key.text();
    if (key.starts_with(kDestination)) {
      const pipeline::Destination& destination = *view.destination(Symbol::of(key.substr(kDestination.size())));
      StepWriter steps(Symbol::of("platform:postgres"), destination.head.name,
                       fmt::format("{}/schema", file_part(destination.head.name.text())), destination.head);
      lower_destination(steps, destination);
      return steps.take();
    }
    if (key.starts_with(kPublish)) return lower_publish(view, Symbol::of(key.substr(kPublish.size())));
    const Symbol name = Symbol::of(key.substr(kExport.size()));
    const Lowered x = lowered(view, name);
    StepWriter steps = writer_of(x);
    lower_export_migration(steps, x);
    lower_verify(steps, x);
    lower_run(steps, x, view.target());
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

 private:
  static StepWriter writer_of(const Lowered& x) {
    const Symbol name = x.e.head.name;
    StepWriter steps(name, x.e.destination,
                     fmt::format("{}/exports/{}", file_part(x.e.destination.text()), file_part(name.text())), x.e.head);
    steps.writes = {name};
    return steps;
  }

  /// The run of each of its exports is the run of all: the first one loads them, the others find nothing new.
  static Output lower_publish(View& view, Symbol name) {
    const pipeline::Publish& publish = *publish_named(view.everything(), name);
    std::vector<Lowered> exports;
    for (Symbol e : publish.exports) exports.push_back(lowered(view, e));
    StepWriter run(
        name, exports.front().e.destination,
        fmt::format("{}/publishes/{}", file_part(exports.front().e.destination.text()), file_part(name.text())),
        publish.head);
    lower_run_together(run, name, exports, view.target());
    const Output together = run.take();
    Output output;
    output.files = together.files;
    for (const Lowered& x : exports) {
      StepWriter own = writer_of(x);
      lower_export_migration(own, x);
      lower_verify(own, x);
      Output migration = own.take();
      auto& steps = migration.steps.front().steps;
      for (const pipeline::Step& step : together.steps.front().steps) {
        // What migrates needs the schema that swapped exports make.
        if (step.phase == pipeline::Phase::Run || x.e.mode == pipeline::ExportMode::Swap) steps.push_back(step);
      }
      output.steps.push_back(std::move(migration.steps.front()));
      output.files.merge(migration.files);
    }
    return output;
  }

  static Lowered lowered(View& view, Symbol name) {
    const pipeline::Export& e = *view.export_(name);
    const pipeline::Node& node = *view.node(name);
    const pipeline::Node& source = *view.node(e.source);
    const bool of_view = is_view(source, view.model(e.source));
    const bool merged = source.kind == pipeline::NodeKind::CdcCurrent && !pipeline::is_auto_cdc(view.target());
    return {ExportNames(e, *view.destination(e.destination), node, of_view, swap_percent(view)), e, node, source,
            merged ? view.cdc(e.source) : nullptr};
  }

  static int swap_percent(View& view) {
    int percent = 50;
    const std::string& set = view.target().option("postgres", kSwapPercent);
    std::from_chars(set.data(), set.data() + set.size(), percent);
    return percent;
  }
};

}  // namespace
}  // namespace postgres

const Backend& postgres_backend() {
  static const postgres::PostgresBackend kBackend;
  return kBackend;
}

}  // namespace pipec::backend
