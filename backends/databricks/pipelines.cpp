#include "databricks/pipelines.h"

#include <fmt/format.h>

namespace pipec::backend::databricks {

namespace {

constexpr std::string_view kFolder = "databricks/";

bool creates_dataset(std::string_view path) {
  return path.starts_with(kFolder) &&
         (path.ends_with("/migrate_01_materialized_view.sql") || path.ends_with("/migrate_01_streaming_table.sql"));
}

}  // namespace

ArtifactFiles pipeline_index(View& view, const ArtifactFiles& emitted) {
  Value libraries = Value::array();
  for (const auto& [path, text] : emitted) {
    if (!creates_dataset(path)) continue;
    Value glob;
    glob.set("include", path.substr(kFolder.size()));
    Value library;
    library.set("glob", std::move(glob));
    libraries.push(std::move(library));
  }
  if (libraries.items()->empty()) return {};
  const std::string& landing = view.target().landing;
  Value spec;
  spec.set("name", view.project());
  // The command wants a place for check points, though it leaves none there while it only looks.
  spec.set("storage", fmt::format("{}/_pipelines", landing.empty() ? "file:/tmp" : landing));
  spec.set("libraries", std::move(libraries));
  return {{"spark-pipeline.yml",
           print_yaml(spec,
                      "The materialized views and streaming tables, for `spark-pipelines dry-run` in this folder.\n"
                      "Deploying creates them by the same files, and runs refresh them.")}};
}

}  // namespace pipec::backend::databricks
