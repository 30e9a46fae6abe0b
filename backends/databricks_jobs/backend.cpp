// The manifest as Databricks finds it: a bundle with a job a schedule, whose tasks call the runtime that lies beside it.
#include <algorithm>
#include <regex>

#include <fmt/format.h>

#include "databricks_jobs/bundle.h"
#include "databricks_jobs/check.h"
#include "databricks_jobs/job.h"
#include "orchestration/manifest_backend.h"

namespace pipec::backend {

namespace databricks_jobs {
namespace {

/// A task knows where it lies by its first parameter only.
constexpr const char* kEntry =
    "# What every task of the jobs runs, made by pipec.\n"
    "import pathlib, sys; sys.path.insert(0, str(pathlib.Path(sys.argv[1]).parent / '_runtime'))\n"
    "import pipec_databricks_jobs\n"
    "pipec_databricks_jobs.main(sys.argv[1:])\n";

bool is_scope(std::string_view text) {
  static const std::regex kScope(R"(([A-Za-z0-9_@./-]{1,128})?)");
  return std::regex_match(text.begin(), text.end(), kScope);
}

bool is_cluster(std::string_view text) {
  static const std::regex kCluster(R"(([A-Za-z0-9_-]{1,100}|\$\{var\.[A-Za-z0-9_-]+\})?)");
  return std::regex_match(text.begin(), text.end(), kCluster);
}

class DatabricksJobsBackend : public orchestration::ManifestBackend {
 public:
  DatabricksJobsBackend() : ManifestBackend("Databricks") {}

  const BackendInfo& info() const override {
    static const BackendInfo kInfo = {
        kName,
        {orchestration::schedules_option(),
         {"secret_scope", "", {}, "the scope of secrets in which `env:NAME` is the key NAME", is_scope},
         {"cluster", "", {}, "id of a cluster that tasks run on; without it: serverless compute", is_cluster},
         {"statements",
          "session",
          {"session", "warehouse"},
          "where statements run: in the task's own session, or on the SQL warehouse of the connection"},
         {"packages", "", {}, "what programs import, as pip names it, with blanks between"},
         {"root_path",
          "/Workspace/Users/${workspace.current_user.userName}/.bundle/${bundle.name}/${bundle.target}",
          {},
          "the folder of the workspace that the bundle is put into"}},
        // A job that runs without a pause has one task and no serverless compute: none of `continuous`.
        {Capability::Schedule, Capability::ScheduleManual, Capability::ScheduleAfter, Capability::ScheduleAlert}};
    return kInfo;
  }

  void check(const pipeline::Pipeline& pipeline, Sink& sink) const override {
    ManifestBackend::check(pipeline, sink);
    check_jobs(pipeline, sink);
  }

 protected:
  ArtifactFiles entry_files(View& view) const override {
    ArtifactFiles files = {{"databricks.yml", print_yaml(bundle_document(view), "A bundle of jobs, made by pipec.")},
                           {"run.py", kEntry}};
    const pipeline::Pipeline& pipeline = view.everything();
    for (const pipeline::Schedule& schedule : pipeline.schedules) {
      const std::string_view name = schedule.head.name.text();
      files[fmt::format("resources/schedules/{}.yml", file_part(name))] =
          print_yaml(job_document(view, schedule), fmt::format("schedule {}", name));
    }
    for (const pipeline::Model& model : pipeline.models) {
      if (model.materialization != pipeline::Materialization::IncrementalByTime) continue;
      const std::string_view name = model.head.name.text();
      files[fmt::format("resources/backfills/{}.yml", file_part(name))] =
          print_yaml(backfill_document(view, model), fmt::format("model {}", name));
    }
    return files;
  }

  Loading loading() const override {
    return {"databricks_jobs/bundle", "databricks bundle deploy in the folder databricks_jobs, last of all",
            "databricks_jobs/databricks.yml"};
  }
};

}  // namespace
}  // namespace databricks_jobs

const Backend& databricks_jobs_backend() {
  static const databricks_jobs::DatabricksJobsBackend kBackend;
  return kBackend;
}

}  // namespace pipec::backend
