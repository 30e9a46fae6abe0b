#include "driver/project_command.h"

namespace pipec::driver {

CommandResult run_check(const CheckRequest& request) {
  Opened opened = open_project(request);
  CommandResult result = std::move(opened.result);
  if (request.format == ReportFormat::Json) {
    // For `check` the diagnostics are the result.
    result.out = render_json(opened.analysis->diagnostics, opened.analysis->texts);
    result.err.clear();
  }
  return result;
}

}  // namespace pipec::driver
