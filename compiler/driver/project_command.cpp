#include "driver/project_command.h"

#include "base/vfs.h"
#include "driver/diagnostics.h"
#include "project/diagnostics.h"

namespace pipec::driver {

int exit_code_of(const std::vector<Diagnostic>& diagnostics) {
  int code = 0;
  for (const Diagnostic& diagnostic : diagnostics) {
    if (diagnostic.severity() != Severity::Error) continue;
    bool io = diagnostic.kind == &project::diag::UnreadableFile || diagnostic.kind == &project::diag::MissingProject ||
              diagnostic.kind == &diag::OutputFailed;
    if (io) return 74;
    code = 1;
  }
  return code;
}

std::string shown_root(const ProjectRequest& request) {
  if (request.project == ".") return "";
  return request.project.ends_with('/') ? request.project : request.project + "/";
}

Opened open_project(const ProjectRequest& request, bool build) {
  Opened opened;
  opened.session = std::make_unique<project::Session>(std::shared_ptr<const Vfs>(disk_vfs(request.project)));
  opened.analysis = &opened.session->analyze({request.target, request.variables, request.jobs, request.deny, build});
  show_diagnostics(request, opened);
  return opened;
}

void show_diagnostics(const ProjectRequest& request, Opened& opened) {
  const std::vector<Diagnostic>& diagnostics = opened.analysis->diagnostics;
  opened.result.exit_code = exit_code_of(diagnostics);
  if (diagnostics.empty()) return;
  opened.result.err = render_text(diagnostics, opened.analysis->texts, {request.color, shown_root(request)});
}

}  // namespace pipec::driver
