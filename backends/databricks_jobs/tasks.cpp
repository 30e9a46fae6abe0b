#include "databricks_jobs/tasks.h"

#include <algorithm>
#include <map>
#include <set>
#include <sstream>

#include <fmt/format.h>

#include "databricks_jobs/job.h"
#include "databricks_jobs/names.h"
#include "orchestration/documents.h"

namespace pipec::backend::databricks_jobs {

using orchestration::Part;
using pipeline::Schedule;

namespace {

constexpr const char* kEnvironment = "pipec";
constexpr const char* kEnvironmentVersion = "4";  // of the serverless compute: Python 3.12
constexpr const char* kDriver = "psycopg[binary]>=3.2,<4";
constexpr const char* kConnector = "databricks-sql-connector>=4,<5";
constexpr const char* kEntry = "../../run.py";  // from the folder of the resource
constexpr const char* kManifest = "${workspace.file_path}/databricks_jobs/manifest.json";
constexpr int64_t kMillis = 1000;
constexpr size_t kDescription = 1000;
// The platform's own clock ends a task that does not answer to ours, which cancels the statement under way.
constexpr int64_t kGraceSeconds = 60;

/// What Python needs beside the runtime: the drivers of what a task reaches, and what programs import.
std::vector<std::string> packages(View& view) {
  std::vector<std::string> found;
  if (!view.everything().destinations.empty()) found.emplace_back(kDriver);
  if (on_warehouse(view.target())) found.emplace_back(kConnector);
  std::istringstream words(view.target().option(kName, "packages"));
  for (std::string word; words >> word;) found.push_back(word);
  return found;
}

Value keys_value(const std::vector<std::string>& keys) {
  Value list = Value::array();
  for (const std::string& key : keys) list.push(Value::object({{"task_key", key}}));
  return list;
}

std::string described(const pipeline::Head& head) {
  const std::string owner = head.owner.empty() ? "" : "Owner: " + head.owner;
  const bool both = !owner.empty() && !head.description.empty();
  return shown(fmt::format("{}{}{}", owner, both ? "\n\n" : "", head.description), kDescription);
}

class Tasks {
 public:
  Tasks(View& view, const Schedule& schedule) : view_(view), schedule_(schedule) {
    built_.insert(schedule.nodes.begin(), schedule.nodes.end());
    for (Symbol name : schedule.checks) {
      const pipeline::Check& check = *view.check(name);
      if (check.policy == pipeline::ElsePolicy::Block) stopping_[check.target].push_back(check_key(name));
    }
  }

  Value all() {
    for (Symbol name : schedule_.nodes) node(name);
    for (Symbol name : schedule_.checks) check(name);
    next();
    return std::move(tasks_);
  }

 private:
  static std::string check_key(Symbol name) { return fmt::format("check-{}", key_of({name.text()})); }

  /// What has gone well when a node is whole and its blocking checks have passed.
  void add_ends(Symbol node, std::vector<std::string>* keys) const {
    if (!built_.count(node)) return;
    keys->push_back(key_of_node(node.text()));
    if (const auto found = stopping_.find(node); found != stopping_.end())
      keys->insert(keys->end(), found->second.begin(), found->second.end());
  }

  void node(Symbol name) {
    const pipeline::Node& node = *view_.node(name);
    const pipeline::Job* job = node.kind == pipeline::NodeKind::Job ? view_.job(name) : nullptr;
    std::vector<std::string> after;
    for (Symbol input : node.inputs) add_ends(input, &after);
    const std::string key = key_of_node(name.text());
    add(key, described(node.head), after, {"run", orchestration::part_path(Part::Node, name)},
        job && job->timeout ? job->timeout->seconds : 0);
    if (!turns_red(name)) return;
    // What is below goes on; the numbers are those that the node's task has told.
    add(fmt::format("verdict-{}", key), {}, {key},
        {"verdict", orchestration::part_path(Part::Node, name), fmt::format("{{{{tasks.{}.values.failures}}}}", key)},
        0, false);
  }

  bool turns_red(Symbol name) {
    const auto& steps = orchestration::steps_in(view_.steps(name));
    return std::any_of(steps.begin(), steps.end(), [](const pipeline::Step& step) {
      return step.kind == pipeline::StepKind::Gate && step.phase == pipeline::Phase::Run &&
             step.policy == pipeline::GatePolicy::Fail;
    });
  }

  void check(Symbol name) {
    const pipeline::Check& check = *view_.check(name);
    std::vector<std::string> after;
    if (built_.count(check.target)) after.push_back(key_of_node(check.target.text()));
    for (Symbol read : check.reads) {
      if (read != check.target) add_ends(read, &after);
    }
    add(check_key(name), described(check.head), after, {"check", orchestration::part_path(Part::Check, name)}, 0);
  }

  /// When all went well: the schedules that come after this one.
  void next() {
    if (view_.target().option(kName, "schedules") != "running") return;
    std::vector<std::string> leaves;
    for (const Value& task : *tasks_.items()) {
      if (!waited_for_.count(*task.find("task_key")->text())) leaves.push_back(*task.find("task_key")->text());
    }
    for (const Schedule& other : view_.everything().schedules) {
      if (other.after != schedule_.head.name || other.after_sync) continue;
      const std::string key = key_of_job(other.head.name.text());
      Value task = Value::object({{"task_key", fmt::format("next-{}", key)}, {"depends_on", keys_value(leaves)}});
      task.add("run_job_task", Value::object({{"job_id", fmt::format("${{resources.jobs.{}.id}}", key)}}));
      tasks_.push(std::move(task));
    }
  }

  void add(std::string key, std::string description, const std::vector<std::string>& after,
           const std::vector<std::string>& what, int64_t own_timeout, bool again = true) {
    Value task = Value::object({{"task_key", std::move(key)}});
    orchestration::set_if(task, "description", description);
    if (!after.empty()) task.add("depends_on", keys_value(after));
    waited_for_.insert(after.begin(), after.end());
    add_compute(view_, task);
    const bool retried = again && schedule_.retries > 0;
    task.add("max_retries", retried ? schedule_.retries : 0);
    if (retried) {
      task.add("min_retry_interval_millis", orchestration::kRetryDelaySeconds * kMillis).add("retry_on_timeout", true);
    }
    int64_t timeout = schedule_.task_timeout ? schedule_.task_timeout->seconds : 0;
    if (own_timeout > 0 && (timeout == 0 || own_timeout < timeout)) timeout = own_timeout;
    if (timeout > 0) task.add("timeout_seconds", timeout + kGraceSeconds);
    task.add("spark_python_task", called(view_, orchestration::part_path(Part::Schedule, schedule_.head.name), what));
    tasks_.push(std::move(task));
  }

 public:
  static void add_compute(View& view, Value& task) {
    const std::string& cluster = view.target().option(kName, "cluster");
    if (cluster.empty()) {
      // Else a task that fails is tried again by the platform's own lights.
      task.add("environment_key", kEnvironment).add("disable_auto_optimization", true);
      return;
    }
    task.add("existing_cluster_id", cluster);
    Value libraries = Value::array();
    for (const std::string& package : packages(view))
      libraries.push(Value::object({{"pypi", Value::object({{"package", package}})}}));
    if (!libraries.items()->empty()) task.add("libraries", std::move(libraries));
  }

  /// `schedule`: the file of its part, empty: none. All names are those of files, which no bundle and no job renders.
  static Value called(View& view, const std::string& schedule, const std::vector<std::string>& what) {
    Value parameters = Value::array({kManifest, "{{job.run_id}}"});
    if (!schedule.empty()) parameters.push("--schedule").push(schedule);
    const std::string& scope = view.target().option(kName, "secret_scope");
    if (!scope.empty()) parameters.push("--scope").push(scope);
    if (on_warehouse(view.target())) parameters.push("--warehouse");
    for (const std::string& word : what) parameters.push(word);
    return Value::object({{"python_file", kEntry}, {"parameters", std::move(parameters)}});
  }

 private:
  View& view_;
  const Schedule& schedule_;
  std::set<Symbol, ByText> built_;
  std::map<Symbol, std::vector<std::string>, ByText> stopping_;  // the blocking checks of a node
  std::set<std::string> waited_for_;
  Value tasks_ = Value::array();
};

}  // namespace

Value tasks_of(View& view, const Schedule& schedule) {
  return Tasks(view, schedule).all();
}

Value backfill_task(View& view, Symbol node) {
  Value task = Value::object({{"task_key", key_of_node(node.text())}});
  Tasks::add_compute(view, task);
  task.add("max_retries", 0);
  task.add("spark_python_task", Tasks::called(view, {},
                                              {"again", orchestration::part_path(Part::Node, node),
                                               "{{job.parameters.start}}", "{{job.parameters.end}}"}));
  return task;
}

Value environments_value(View& view) {
  if (!view.target().option(kName, "cluster").empty()) return {};
  Value spec = Value::object({{"environment_version", kEnvironmentVersion}});
  Value dependencies = Value::array();
  for (const std::string& package : packages(view)) dependencies.push(package);
  if (!dependencies.items()->empty()) spec.add("dependencies", std::move(dependencies));
  return Value::array({Value::object({{"environment_key", kEnvironment}, {"spec", std::move(spec)}})});
}

}  // namespace pipec::backend::databricks_jobs
