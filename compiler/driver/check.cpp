#include "driver/fix.h"
#include "driver/project_command.h"

namespace pipec::driver {
namespace {

// For `check` the diagnostics are the result. Annotations go with the log of the step, which people read.
void show(const CheckRequest& request, const project::Analysis& analysis, CommandResult& result) {
  switch (request.format) {
    case ReportFormat::Human:
      return;
    case ReportFormat::Github:
      result.out += render_github(analysis.diagnostics, analysis.texts, shown_root(request));
      return;
    case ReportFormat::Json:
      result.out = render_json(analysis.diagnostics, analysis.texts);
      break;
    case ReportFormat::Sarif:
      result.out = render_sarif(analysis.diagnostics, analysis.texts, request.version, shown_root(request));
      break;
  }
  result.err.clear();
}

}  // namespace

CommandResult run_check(const CheckRequest& request) {
  Opened opened = open_project(request);
  std::string mended;
  if (request.fix) {
    const FixResult fixed = apply_fixes(request.project, *opened.analysis);
    if (!fixed.failed.empty()) return {74, "", fixed.failed};
    mended = fixed.report;
    if (!mended.empty()) opened = open_project(request);
  }
  CommandResult result = std::move(opened.result);
  show(request, *opened.analysis, result);
  result.err = mended + result.err;
  return result;
}

}  // namespace pipec::driver
