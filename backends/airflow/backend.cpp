// The manifest as Airflow finds it: a file of DAGs a schedule, and the pools that they wait in.
#include <algorithm>

#include <fmt/format.h>

#include "airflow/diagnostics.h"
#include "orchestration/manifest_backend.h"
#include "pipeline/cron.h"

namespace pipec::backend {

namespace airflow {
namespace {

/// Airflow reads a file only if it holds the words `airflow` and `dag`. `levels`: folders between it and the manifest.
std::string dag_file(int levels, std::string_view function, const Value& arguments) {
  std::string call;
  for (const Value& argument : *arguments.items()) call += ", " + python_literal(argument);
  return fmt::format(
      "# A DAG of Airflow, made by pipec.\n"
      "import pathlib, sys; sys.path.insert(0, str(pathlib.Path(__file__).parents[{}] / '_runtime'))\n"
      "import pipec_airflow\n"
      "globals().update(pipec_airflow.{}(pathlib.Path(__file__).parents[{}] / 'manifest.json'{}))\n",
      levels, function, levels, call);
}

/// As `airflow pools import` takes them.
Value pools_file(const pipeline::Pipeline& pipeline) {
  Value pools = Value::object();
  const Value known = orchestration::pools_value(pipeline);
  for (const auto& [node, pool] : *known.members()) {
    pools.add(*pool.text(), Value::object({{"slots", 1},
                                           {"description", fmt::format("One writer of {} at a time.", node)},
                                           {"include_deferred", true}}));
  }
  return pools;
}

bool builds_by_time(const pipeline::Model& model) {
  return model.materialization == pipeline::Materialization::IncrementalByTime;
}

class AirflowBackend : public orchestration::ManifestBackend {
 public:
  AirflowBackend() : ManifestBackend("Airflow") {}

  const BackendInfo& info() const override {
    static const BackendInfo kInfo = {"airflow",
                                      {orchestration::schedules_option()},
                                      {Capability::Schedule, Capability::ScheduleManual, Capability::ScheduleAfter,
                                       Capability::ScheduleContinuous, Capability::ScheduleAlert}};
    return kInfo;
  }

  void check(const pipeline::Pipeline& pipeline, Sink& sink) const override {
    ManifestBackend::check(pipeline, sink);
    for (const pipeline::Schedule& schedule : pipeline.schedules) {
      std::string why;
      const auto cron = pipeline::parse_cron(schedule.cron, &why);
      if (!cron) continue;  // it does not start by the clock
      if (const auto differs = pipeline::airflow_differs(*cron, schedule.timezone)) {
        sink.report(diag::OtherMoment, Place::of_member(schedule.head.declaration, {}), *differs)
            .help("choose an hour that exists once on every day");
      }
    }
  }

 protected:
  Loading loading() const override {
    return {"airflow/dags", "import the pools, then put the folder airflow where DAGs are read, last of all",
            "airflow/pools.json"};
  }

  ArtifactFiles entry_files(View& view) const override {
    const pipeline::Pipeline& pipeline = view.everything();
    ArtifactFiles files = {{"pools.json", print_json(pools_file(pipeline))}};
    for (const pipeline::Schedule& schedule : pipeline.schedules) {
      const std::string_view name = schedule.head.name.text();
      files[fmt::format("dags/schedules/{}.py", file_part(name))] = dag_file(2, "schedule", Value::array({name}));
    }
    if (std::any_of(pipeline.models.begin(), pipeline.models.end(), builds_by_time)) {
      files["dags/backfills.py"] = dag_file(1, "backfills", Value::array());
    }
    return files;
  }
};

}  // namespace
}  // namespace airflow

const Backend& airflow_backend() {
  static const airflow::AirflowBackend kBackend;
  return kBackend;
}

}  // namespace pipec::backend
