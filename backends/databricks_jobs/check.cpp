#include "databricks_jobs/check.h"

#include <map>
#include <set>

#include <fmt/format.h>

#include "databricks_jobs/diagnostics.h"
#include "databricks_jobs/job.h"
#include "databricks_jobs/quartz.h"
#include "orchestration/documents.h"
#include "pipeline/captured_rows.h"
#include "pipeline/cron.h"

namespace pipec::backend::databricks_jobs {

using pipeline::Pipeline;
using pipeline::Schedule;

namespace {

constexpr int kDeepest = 3;       // jobs that start jobs that start jobs
constexpr size_t kMostTags = 23;  // of 25, two of which are ours

Place at(const pipeline::Head& head) {
  return Place::of_member(head.declaration, {});
}

void check_cron(const Schedule& schedule, Sink& sink) {
  std::string why;
  const auto cron = pipeline::parse_cron(schedule.cron, &why);
  if (!cron) return;  // it does not start by the clock
  if (!quartz_of(*cron)) {
    sink.report(diag::TwoKindsOfDays, at(schedule.head),
                fmt::format("`{}` names days of the month and weekdays, and a job of Databricks has one kind of them",
                            schedule.cron))
        .help("write two schedules, one for each kind of days");
    return;
  }
  if (const auto differs = pipeline::quartz_differs(*cron, schedule.timezone)) {
    sink.report(diag::OtherMoment, at(schedule.head), *differs).help("choose an hour that exists once on every day");
  }
}

/// How many schedules start one another before this one begins.
int depth_of(const Pipeline& pipeline, const Schedule& schedule) {
  int depth = 0;
  for (const Schedule* at = &schedule; at && !at->after.empty() && !at->after_sync && depth <= kDeepest; ++depth) {
    const Schedule* before = nullptr;
    for (const Schedule& other : pipeline.schedules) {
      if (other.head.name == at->after) before = &other;
    }
    at = before;
  }
  return depth;
}

void check_limits(const Schedule& schedule, Sink& sink) {
  auto report = [&](size_t count, size_t most, std::string_view what, std::string_view help) {
    if (count <= most) return;
    sink.report(diag::Unsayable, at(schedule.head),
                fmt::format("{} {}: a job of Databricks has {} at most", count, what, most))
        .help(std::string(help));
  };
  report(schedule.nodes.size() + schedule.checks.size(), kMostTasks, "tasks",
         "write several schedules, each for a part of the nodes");
  report(schedule.head.tags.size(), kMostTags, "tags", "take some of them out");
  std::map<Symbol, size_t, ByText> told;
  for (const pipeline::Alert& alert : schedule.alerts) {
    if (alert.secret.text().find("${") != std::string_view::npos) {
      sink.report(diag::Unsayable, Place::in(schedule.head.declaration, alert.span),
                  fmt::format("a bundle would take a part of `{}` for a reference of its own", alert.secret.text()))
          .help("give the secret a name without `${`");
    }
    for (Symbol event : alert.events) ++told[event];
  }
  for (const auto& [event, count] : told) {
    report(count, kMostTold, fmt::format("alerts on {}", event.text()), "let one channel tell the others");
  }
}

/// A task has no variables of its own: what `env:NAME` stands for lies in a scope of secrets.
void check_scope(const Pipeline& pipeline, Sink& sink) {
  if (!pipeline.target.option(kName, "secret_scope").empty()) return;
  auto report = [&](const Place& place, std::string_view what) {
    sink.report(diag::NoScope, place,
                fmt::format("{} is a secret, and no scope is named in which a job finds it", what))
        .help(fmt::format("write `{}: {{ secret_scope: \"...\" }}` under `targets: {}: backends:` in pipec.yaml", kName,
                          pipeline.target.name));
  };
  auto fields = [&](Symbol used) {
    const pipeline::Connection* connection = pipeline.connection(used);
    if (!connection) return;
    for (const auto& [name, field] : connection->fields) {
      const auto reference = field.references.find(std::string(kName));
      if (reference != field.references.end() && reference->second.starts_with("env:"))
        report(Place::in_file(connection->head.file, field.span), fmt::format("`{}`", name));
    }
  };
  for (const pipeline::Destination& destination : pipeline.destinations) fields(destination.connection);
  if (on_warehouse(pipeline.target)) fields(Symbol::of(orchestration::kWarehouse));
  auto programs = [&](const pipeline::Head& head, const pipeline::Program& program) {
    for (Symbol secret : program.secrets) report(at(head), fmt::format("`{}`", secret.text()));
  };
  for (const pipeline::Job& job : pipeline.jobs) programs(job.head, job.program);
  for (const pipeline::Model& model : pipeline.models) programs(model.head, model.program);
  for (const pipeline::Source& source : pipeline.sources) {
    if (!source.secret.empty()) report(at(source.head), fmt::format("`{}`", source.secret.text()));
  }
}

/// No cluster takes REFRESH, and serverless compute does in some regions.
void check_refreshed(const Pipeline& pipeline, Sink& sink) {
  if (on_warehouse(pipeline.target)) return;
  std::set<Symbol, ByText> run;
  for (const Schedule& schedule : pipeline.schedules) run.insert(schedule.nodes.begin(), schedule.nodes.end());
  const bool captured_by_platform = pipeline::is_auto_cdc(pipeline.target);
  auto report = [&](const pipeline::Head& head) {
    if (!run.count(head.name)) return;
    sink.report(diag::NeedsWarehouse, at(head),
                fmt::format("`{}` is refreshed by a SQL warehouse, and not in the session of a task", head.name.text()))
        .help(fmt::format("write `{}: {{ statements: warehouse }}` under `targets: {}: backends:` in pipec.yaml", kName,
                          pipeline.target.name));
  };
  for (const pipeline::Model& model : pipeline.models) {
    if (pipeline::is_kept_by_platform(model.materialization)) report(model.head);
  }
  for (const pipeline::Cdc& cdc : pipeline.cdcs) {
    if (captured_by_platform) report(cdc.head);
  }
}

}  // namespace

void check_jobs(const Pipeline& pipeline, Sink& sink) {
  if (pipeline.target.engine != "databricks") {
    sink.report(diag::OtherWarehouse, Place::in_file(pipeline.target.file, pipeline.target.span),
                fmt::format("jobs of Databricks cannot run what is written for `{}`", pipeline.target.engine))
        .help("take `databricks_jobs` out of its backends, or let its `engine` be `databricks`");
    return;
  }
  if (pipeline.schedules.empty()) return;
  for (const Schedule& schedule : pipeline.schedules) {
    check_cron(schedule, sink);
    check_limits(schedule, sink);
    if (depth_of(pipeline, schedule) > kDeepest) {
      sink.report(diag::DeepChain, at(schedule.head),
                  fmt::format("more than {} schedules start one another before this one, and jobs of Databricks go no "
                              "deeper",
                              kDeepest))
          .help("let it come after an earlier one, or give it an hour of its own");
    }
  }
  check_refreshed(pipeline, sink);
  check_scope(pipeline, sink);
}

}  // namespace pipec::backend::databricks_jobs
