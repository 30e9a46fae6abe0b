#include "databricks_jobs/job.h"

#include <fmt/format.h>

#include "databricks_jobs/names.h"
#include "databricks_jobs/quartz.h"
#include "databricks_jobs/tasks.h"
#include "orchestration/documents.h"

namespace pipec::backend::databricks_jobs {

using pipeline::Schedule;

namespace {

constexpr size_t kDescription = 4000, kTag = 60;

Value tags_value(View& view, const pipeline::Head& head) {
  Value tags = Value::object(
      {{"pipec_project", key_of({view.project()}, kTag)}, {"pipec_target", key_of({view.target().name}, kTag)}});
  for (Symbol tag : head.tags) tags.set(key_of({tag.text()}, kTag), "");
  return tags;
}

/// What starts it besides people.
void add_start(View& view, const Schedule& schedule, Value& job) {
  const bool stopped = view.target().option(kName, "schedules") == "stopped";
  const char* status = stopped ? "PAUSED" : "UNPAUSED";
  if (schedule.start == Schedule::Start::Timed) {
    std::string why;
    const auto cron = pipeline::parse_cron(schedule.cron, &why);
    job.add("schedule", Value::object({{"quartz_cron_expression", quartz_of(*cron).value_or("")},
                                       {"timezone_id", schedule.timezone},
                                       {"pause_status", status}}));
  } else if (schedule.start == Schedule::Start::After && schedule.after_sync) {
    const pipeline::Source& source = *view.source(schedule.after);
    Value tables = Value::array();
    for (const pipeline::SourceTable& table : source.tables) {
      tables.push(fmt::format("{}.{}.{}", view.target().catalog, source.schema.text(), table.name.text()));
    }
    job.add("trigger",
            Value::object(
                {{"pause_status", status},
                 {"table_update", Value::object({{"table_names", std::move(tables)}, {"condition", "ALL_UPDATED"}})}}));
  }
}

const char* event_name(std::string_view event) {
  if (event == "failure") return "on_failure";
  if (event == "success") return "on_success";
  if (event == "start") return "on_start";
  return "on_duration_warning_threshold_exceeded";  // late
}

void add_alerts(const Schedule& schedule, Value& job) {
  if (schedule.finish_within) {
    job.add("health",
            Value::object({{"rules", Value::array({Value::object({{"metric", "RUN_DURATION_SECONDS"},
                                                                  {"op", "GREATER_THAN"},
                                                                  {"value", schedule.finish_within->seconds}})})}}));
  }
  if (schedule.alerts.empty()) return;
  std::map<std::string, Value> told;
  for (const pipeline::Alert& alert : schedule.alerts) {
    const Value destination = Value::object({{"id", fmt::format("${{var.{}}}", variable_of(alert.secret))}});
    for (Symbol event : alert.events) told[event_name(event.text())].push(destination);
  }
  Value notifications = Value::object();
  for (auto& [event, destinations] : told) notifications.add(event, std::move(destinations));
  job.add("webhook_notifications", std::move(notifications));
  // A tick that falls into a run is no failure.
  job.add("notification_settings", Value::object({{"no_alert_for_skipped_runs", true}}));
}

Value resource(const std::string& key, Value job) {
  return Value::object({{"resources", Value::object({{"jobs", Value::object({{key, std::move(job)}})}})}});
}

Value begun(View& view, const pipeline::Head& head, std::string name, const std::string& description, bool queued) {
  Value job = Value::object({{"name", std::move(name)}});
  orchestration::set_if(job, "description", shown(description, kDescription));
  job.add("tags", tags_value(view, head));
  job.add("max_concurrent_runs", 1).add("queue", Value::object({{"enabled", queued}}));
  return job;
}

void finish(View& view, Value& job, Value tasks) {
  if (Value environments = environments_value(view); environments.items())
    job.add("environments", std::move(environments));
  job.add("tasks", std::move(tasks));
}

}  // namespace

bool on_warehouse(const pipeline::Target& target) {
  return target.option(kName, "statements") == "warehouse";
}

std::string key_of_job(std::string_view schedule) {
  return key_of({schedule});
}

std::string variable_of(Symbol secret) {
  return fmt::format("alert-{}", key_of({secret.text()}));
}

Value job_document(View& view, const Schedule& schedule) {
  const std::string_view name = schedule.head.name.text();
  // A tick that falls into a run is left out; that another schedule has ended well is not forgotten.
  const bool queued = schedule.start == Schedule::Start::After;
  Value job =
      begun(view, schedule.head, key_of({view.project(), view.target().name, name}), schedule.head.description, queued);
  add_start(view, schedule, job);
  add_alerts(schedule, job);
  finish(view, job, tasks_of(view, schedule));
  return resource(key_of_job(name), std::move(job));
}

Value backfill_document(View& view, const pipeline::Model& model) {
  const std::string key = key_of_node(model.head.name.text());
  Value job = begun(view, model.head, fmt::format("{}-backfill-{}", key_of({view.project(), view.target().name}), key),
                    fmt::format("{}, built again from `start` to `end`", model.head.name.text()), true);
  Value parameters = Value::array();
  for (const char* parameter : {"start", "end"}) parameters.push(Value::object({{"name", parameter}, {"default", ""}}));
  job.add("parameters", std::move(parameters));
  finish(view, job, Value::array({backfill_task(view, model.head.name)}));
  return resource(fmt::format("backfill-{}", key), std::move(job));
}

}  // namespace pipec::backend::databricks_jobs
