// The manifest as Dagster finds it: definitions that load it, and the workspace and instance that name them.
#include <fmt/format.h>

#include "orchestration/manifest_backend.h"

namespace pipec::backend {

namespace dagster {
namespace {

constexpr const char* kDefinitions =
    "import pathlib, sys; sys.path.insert(0, str(pathlib.Path(__file__).parent / '_runtime'))\n"
    "import pipec_dagster\n"
    "defs = pipec_dagster.load(__file__)\n";

Value workspace_value(const pipeline::Pipeline& pipeline) {
  Value file = Value::object({{"relative_path", "definitions.py"},
                              {"location_name", fmt::format("{}_{}", pipeline.project, pipeline.target.name)}});
  return Value::object({{"load_from", Value::array({Value::object({{"python_file", std::move(file)}})})}});
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
        {orchestration::schedules_option()},
        {Capability::Schedule, Capability::ScheduleManual, Capability::ScheduleAfter, Capability::ScheduleContinuous,
         Capability::ScheduleAlert, Capability::Dashboard}};
    return kInfo;
  }

  std::vector<DeployStep> deploy(View&, const ArtifactFiles&) const override {
    DeployStep step;
    step.stage = DeployStep::Stage::Orchestrator;
    step.id = "dagster/definitions";
    step.command = Value::object({{"kind", "definitions"},
                                  {"text", "reload the code location of dagster/definitions.py, last of all"},
                                  {"file", "dagster/definitions.py"}});
    return {std::move(step)};
  }

 protected:
  ArtifactFiles entry_files(const pipeline::Pipeline& pipeline) const override {
    return {{"definitions.py", kDefinitions},
            {"workspace.yaml", print_yaml(workspace_value(pipeline))},
            {"dagster.yaml", print_yaml(instance_value())}};
  }
};

}  // namespace
}  // namespace dagster

const Backend& dagster_backend() {
  static const dagster::DagsterBackend kBackend;
  return kBackend;
}

}  // namespace pipec::backend
