#include <fmt/format.h>

#include "driver/project_command.h"
#include "driver/writer.h"

namespace pipec::driver {
namespace {

void list(std::string& out, const char* what, const std::vector<std::string>& paths) {
  for (const std::string& path : paths) out += fmt::format("{} {}\n", what, path);
}

CommandResult compare(const std::string& folder, const ArtifactFiles& files, CommandResult result, bool color) {
  CheckResult check = check_artifacts(folder, files);
  if (!check.diagnostics.empty()) {
    result.err += render_text(check.diagnostics, {}, {color});
    result.exit_code = 74;
    return result;
  }
  list(result.out, "missing", check.missing);
  list(result.out, "changed", check.changed);
  list(result.out, "extra  ", check.extra);
  if (!check.current()) {
    result.exit_code = 1;
    result.err +=
        fmt::format("the artifacts in {} are not current: run `pipec build` and commit what it writes\n", folder);
  }
  return result;
}

}  // namespace

CommandResult run_build(const BuildRequest& request) {
  Opened opened = open_project(request, true);
  if (!opened.ok()) return std::move(opened.result);
  project::Emission emission = opened.session->emit(request.jobs);
  if (!opened.ok()) {  // by what printing has found
    show_diagnostics(request, opened);
    return std::move(opened.result);
  }
  CommandResult result = std::move(opened.result);
  std::string base = request.out.empty() ? request.project + "/dist" : request.out;
  std::string folder = base + "/" + opened.analysis->pipeline.target.name;
  if (request.check) return compare(folder, emission.files, std::move(result), request.color);

  WriteOptions options;
  options.force = request.force;
  WriteResult written = write_artifacts(folder, emission.files, options);
  if (!written.diagnostics.empty()) result.err += render_text(written.diagnostics, {}, {request.color});
  if (written.status != WriteStatus::Written) {
    result.exit_code = written.status == WriteStatus::Failed ? 74 : 1;
    return result;
  }
  result.out = fmt::format("{}: {} files, {} written, {} removed\n", folder, emission.files.size(),
                           written.written.size(), written.removed.size());
  return result;
}

}  // namespace pipec::driver
