#include "orchestration/manifest_backend.h"

#include <algorithm>

#include <fmt/format.h>

#include "orchestration/circles.h"
#include "orchestration/diagnostics.h"

namespace pipec::orchestration {

using backend::Unit;
using backend::View;

namespace {

struct RuntimeFile {
  std::string_view path;
  const char* text;
};
constexpr RuntimeFile kRuntimeFiles[] = {
#include "runtime_files.inc"
};

Unit unit_of(Part part, Symbol name) {
  return {Symbol::of(fmt::format("{}:{}", part_name(part), name.text()))};
}

std::pair<Part, Symbol> part_of(const Unit& unit) {
  const std::string_view key = unit.key.text();
  const size_t colon = key.find(':');
  for (Part part : {Part::Node, Part::Check, Part::Schedule, Part::Source, Part::Dashboard}) {
    if (key.substr(0, colon) == part_name(part)) return {part, Symbol::of(key.substr(colon + 1))};
  }
  return {Part::Platform, Symbol::of(key.substr(colon + 1))};
}

bool is_there(View& view, Part part, Symbol name) {
  return part != Part::Platform || view.steps(Symbol::of(fmt::format("platform:{}", name.text())));
}

struct Orchestrator {
  std::string_view name, title;
};

/// One of the fields is enough to open the connection; the message names the first.
void check_connection(const Orchestrator& orchestrator, const pipeline::Pipeline& pipeline, Symbol name,
                      Symbol declaration, std::initializer_list<const char*> needed, Sink& sink) {
  const pipeline::Connection* connection = pipeline.connection(name);
  const Value fields = fields_value(connection, orchestrator.name);
  if (std::any_of(needed.begin(), needed.end(), [&](const char* field) { return fields.find(field); })) return;
  sink.report(diag::ConnectionField, Place::of_member(declaration, {}),
              connection ? fmt::format("connection `{}` does not say for {} what its `{}` is", name.text(),
                                       orchestrator.name, *needed.begin())
                         : fmt::format("pipec.yaml has no connection `{}`, by which {} reaches it", name.text(),
                                       orchestrator.title))
      .help(fmt::format("write `{}: {{ {}: \"env:NAME\" }}` under `connections: {}:` in pipec.yaml", *needed.begin(),
                        orchestrator.name, name.text()));
}

/// Each would run every schedule.
void check_alone(const Orchestrator& orchestrator, const pipeline::Pipeline& pipeline, Sink& sink) {
  for (const backend::Backend* other : backend::all_backends()) {
    const backend::BackendInfo& info = other->info();
    if (info.name <= orchestrator.name || !info.supports.count(backend::Capability::Schedule)) continue;
    if (!pipeline.target.backends.count(std::string(info.name))) continue;
    sink.report(diag::TwoOrchestrators, Place::of_member(pipeline.schedules.front().head.declaration, {}),
                fmt::format("`{}` and `{}` would both run the schedules of target `{}`", orchestrator.name, info.name,
                            pipeline.target.name))
        .help(fmt::format("take one of them out of `targets: {}: backends:`, or give it a target of its own",
                          pipeline.target.name));
  }
}

/// Letters to people and rows that were put aside are told of by nobody here.
void check_alerts(const Orchestrator& orchestrator, const pipeline::Pipeline& pipeline, Sink& sink) {
  for (const pipeline::Schedule& schedule : pipeline.schedules) {
    for (const pipeline::Alert& alert : schedule.alerts) {
      const Place place = Place::in(schedule.head.declaration, alert.span);
      if (alert.channel.text() == "email") {
        sink.report(diag::UnsentAlert, place, fmt::format("{} has no way to send an email here", orchestrator.title))
            .help("alert a channel that takes messages: `slack`, `teams`, `pagerduty` or a `webhook`");
      }
      for (Symbol event : alert.events) {
        if (event.text() != "quarantine") continue;
        sink.report(diag::UnsentAlert, place,
                    fmt::format("{} does not see which rows were put aside", orchestrator.title))
            .help("take `quarantine` out, or let the expectation `fail`, which is seen");
      }
    }
  }
}

void check_refreshes(const Orchestrator& orchestrator, const pipeline::Pipeline& pipeline, Sink& sink) {
  for (const pipeline::Dashboard& dashboard : pipeline.dashboards) {
    if (!dashboard.refresh_after_run) continue;
    sink.report(diag::UnrefreshedDashboard, Place::of_member(dashboard.head.declaration, {}),
                fmt::format("{} does not ask `{}` for a refresh", orchestrator.title, dashboard.tool.text()))
        .help("take `refresh after run` out, and let the tool refresh by its own clock");
  }
}

}  // namespace

std::vector<Unit> ManifestBackend::units(const pipeline::Pipeline& pipeline) const {
  std::vector<Unit> units;
  for (const auto& [part, name] : all_parts(pipeline)) units.push_back(unit_of(part, name));
  return units;
}

void ManifestBackend::check(const pipeline::Pipeline& pipeline, Sink& sink) const {
  const Orchestrator orchestrator = {info().name, title_};
  for (const pipeline::Destination& destination : pipeline.destinations) {
    if (!pipeline.connection(destination.connection)) continue;  // said already
    check_connection(orchestrator, pipeline, destination.connection, destination.head.declaration, {"dsn", "host"},
                     sink);
  }
  check_refreshes(orchestrator, pipeline, sink);
  if (pipeline.schedules.empty()) return;
  const Symbol first = pipeline.schedules.front().head.declaration;
  if (pipeline.target.engine == "postgres") {
    check_connection(orchestrator, pipeline, Symbol::of(kWarehouse), first, {"dsn", "host"}, sink);
  } else {
    check_connection(orchestrator, pipeline, Symbol::of(kWarehouse), first, {"http_path"}, sink);
  }
  check_alone(orchestrator, pipeline, sink);
  check_alerts(orchestrator, pipeline, sink);
  for (const pipeline::Check* check : circular_checks(pipeline)) {
    sink.report(diag::CircularCheck, Place::of_member(check->head.declaration, {}),
                fmt::format("`{}` reads what is built only once it has passed, so that a run would never begin it",
                            check->head.name.text()))
        .help("let it be a check on the last table that it reads, or `else fail`, for which nothing waits");
  }
}

ArtifactFiles ManifestBackend::emit(View& view, const Unit& unit) const {
  const auto [part, name] = part_of(unit);
  if (!is_there(view, part, name)) return {};
  return {{part_path(part, name), part_document(view, part, name, info().name)}};
}

ArtifactFiles ManifestBackend::index(View& view, const ArtifactFiles& emitted) const {
  const pipeline::Pipeline& pipeline = view.everything();
  ArtifactFiles files = entry_files(view);
  files["manifest.json"] = print_json(manifest_value(pipeline, emitted, info().name));
  const std::string own = fmt::format("pipec_{}/", info().name);
  for (const RuntimeFile& file : kRuntimeFiles) {
    if (file.path.starts_with("pipec_runtime/") || file.path.starts_with(own))
      files[fmt::format("_runtime/{}", file.path)] = file.text;
  }
  return files;
}

std::vector<backend::DeployStep> ManifestBackend::deploy(View&, const ArtifactFiles&) const {
  const Loading what = loading();
  backend::DeployStep step;
  step.stage = backend::DeployStep::Stage::Orchestrator;
  step.id = what.id;
  step.command = Value::object({{"kind", "definitions"}, {"text", what.text}, {"file", what.file}});
  return {std::move(step)};
}

backend::OptionSpec schedules_option() {
  return {"schedules", "running", {"running", "stopped"}, "whether schedules fire once they are loaded"};
}

}  // namespace pipec::orchestration
