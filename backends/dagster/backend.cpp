// The manifest as Dagster finds it: definitions that load it, and the workspace and instance that name them.
#include <fmt/format.h>

#include "dagster/locations.h"
#include "orchestration/manifest_backend.h"

namespace pipec::backend {

namespace dagster {
namespace {

constexpr const char* kDefinitions =
    "import pathlib, sys; sys.path.insert(0, str(pathlib.Path(__file__).parent / '_runtime'))\n"
    "import pipec_dagster\n"
    "defs = pipec_dagster.load(__file__)\n";

/// In `locations/`, beside a document of the same name.
constexpr const char* kLocation =
    "import pathlib, sys; sys.path.insert(0, str(pathlib.Path(__file__).parent.parent / '_runtime'))\n"
    "import pipec_dagster\n"
    "defs = pipec_dagster.load_location(__file__)\n";

constexpr std::string_view kLocationSize = "location_size";

Value location_value(const Location& location) {
  return Value::object({{"name", location.name.text()},
                        {"schedules", orchestration::names_value(location.schedules)},
                        {"sources", orchestration::names_value(location.sources)},
                        {"nodes", orchestration::names_value(location.nodes)},
                        {"checks", orchestration::names_value(location.checks)},
                        {"dashboards", orchestration::names_value(location.dashboards)}});
}

std::string location_path(const Location& location) {
  return fmt::format("locations/{}", file_part(location.name.text()));
}

Value python_file(std::string path, std::string name) {
  return Value::object(
      {{"python_file", Value::object({{"relative_path", std::move(path)}, {"location_name", std::move(name)}})}});
}

Value workspace_value(const pipeline::Pipeline& pipeline, const std::vector<Location>& locations) {
  const std::string name = fmt::format("{}_{}", pipeline.project, pipeline.target.name);
  Value files = Value::array();
  for (const Location& location : locations)
    files.push(python_file(location_path(location) + ".py", fmt::format("{}_{}", name, location.name.text())));
  if (locations.empty()) files.push(python_file("definitions.py", name));
  return Value::object({{"load_from", std::move(files)}});
}

/// What an instance has to be told: one writer a table, one run a schedule, of whatever starts them.
Value instance_value() {
  Value limit = Value::object(
      {{"key", "pipec/job"}, {"value", Value::object({{"applyLimitPerUniqueValue", true}})}, {"limit", 1}});
  Value runs = Value::object({{"tag_concurrency_limits", Value::array({std::move(limit)})}});
  return Value::object(
      {{"concurrency", Value::object({{"pools", Value::object({{"default_limit", 1}})}, {"runs", std::move(runs)}})}});
}

class DagsterBackend : public orchestration::ManifestBackend {
 public:
  DagsterBackend() : ManifestBackend("Dagster") {}

  const BackendInfo& info() const override {
    static const BackendInfo kInfo = {
        "dagster",
        {orchestration::schedules_option(),
         {kLocationSize,
          "3000",
          {},
          "a number: nodes that one code location may hold, if schedules can be told apart",
          is_size}},
        {Capability::Schedule, Capability::ScheduleManual, Capability::ScheduleAfter, Capability::ScheduleContinuous,
         Capability::ScheduleAlert, Capability::Dashboard}};
    return kInfo;
  }

 protected:
  ArtifactFiles entry_files(View& view) const override {
    const pipeline::Pipeline& pipeline = view.everything();
    const std::vector<Location> parts = locations(pipeline, size_of(pipeline.target.option("dagster", kLocationSize)));
    ArtifactFiles files = {{"definitions.py", kDefinitions},
                           {"workspace.yaml", print_yaml(workspace_value(pipeline, parts))},
                           {"dagster.yaml", print_yaml(instance_value())}};
    for (const Location& part : parts) {
      files[location_path(part) + ".py"] = kLocation;
      files[location_path(part) + ".json"] = print_json(location_value(part));
    }
    return files;
  }

  Loading loading() const override {
    return {"dagster/definitions", "reload the code locations of dagster/workspace.yaml, last of all",
            "dagster/workspace.yaml"};
  }
};

}  // namespace
}  // namespace dagster

const Backend& dagster_backend() {
  static const dagster::DagsterBackend kBackend;
  return kBackend;
}

}  // namespace pipec::backend
