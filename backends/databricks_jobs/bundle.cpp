#include "databricks_jobs/bundle.h"

#include <set>

#include <fmt/format.h>

#include "databricks_jobs/job.h"
#include "databricks_jobs/names.h"
#include "orchestration/documents.h"

namespace pipec::backend::databricks_jobs {

namespace {

/// The folders beside this backend's own that hold what runs execute.
std::set<std::string> folders_of_steps(View& view) {
  std::set<std::string> folders;
  auto add = [&](std::string_view path) { folders.emplace(path.substr(0, path.find('/'))); };
  for (const auto& [part, name] : orchestration::all_parts(view.everything())) {
    const Symbol owner = part == orchestration::Part::Check ? Symbol::of(fmt::format("check:{}", name.text())) : name;
    if (part != orchestration::Part::Check && part != orchestration::Part::Node) continue;
    for (const pipeline::Step& step : orchestration::steps_in(view.steps(owner))) {
      if (step.phase != pipeline::Phase::Run && step.phase != pipeline::Phase::Backfill) continue;
      add(step.path);
      if (step.program) add(step.program->path);
    }
  }
  return folders;
}

/// Where it is written out; a reference is for whoever runs the command.
std::string host_of(const pipeline::Pipeline& pipeline) {
  const pipeline::Connection* connection = pipeline.connection(Symbol::of(orchestration::kWarehouse));
  if (!connection) return {};
  const auto field = connection->fields.find("host");
  if (field == connection->fields.end() || field->second.plain.empty()) return {};
  const std::string& host = field->second.plain;
  return host.starts_with("https://") ? host : "https://" + host;
}

Value variables_value(const pipeline::Pipeline& pipeline) {
  Value variables = Value::object();
  for (const pipeline::Schedule& schedule : pipeline.schedules) {
    for (const pipeline::Alert& alert : schedule.alerts) {
      variables.set(variable_of(alert.secret),
                    Value::object({{"description", fmt::format("Who is told by {}", alert.channel.text())},
                                   {"lookup", Value::object({{"notification_destination", alert.secret.text()}})}}));
    }
  }
  return variables;
}

}  // namespace

Value bundle_document(View& view) {
  const pipeline::Pipeline& pipeline = view.everything();
  Value bundle = Value::object({{"bundle", Value::object({{"name", key_of({pipeline.project})}})}});
  bundle.add("include", Value::array({"resources/schedules/*.yml", "resources/backfills/*.yml"}));
  Value paths = Value::array({"."});
  for (const std::string& folder : folders_of_steps(view)) paths.push("../" + folder);
  bundle.add("sync", Value::object({{"paths", std::move(paths)}}));
  if (Value variables = variables_value(pipeline); !variables.members()->empty())
    bundle.add("variables", std::move(variables));
  Value workspace = Value::object();
  orchestration::set_if(workspace, "host", host_of(pipeline));
  workspace.add("root_path", pipeline.target.option(kName, "root_path"));
  Value target = Value::object({{"mode", "production"}, {"default", true}, {"workspace", std::move(workspace)}});
  bundle.add("targets", Value::object({{key_of({pipeline.target.name}), std::move(target)}}));
  return bundle;
}

}  // namespace pipec::backend::databricks_jobs
