// What the commands that read a project share.
#pragma once

#include <memory>

#include "driver/commands.h"
#include "project/session.h"

namespace pipec::driver {

/// A session over the request's folder, analysed. `result` has code and diagnostics; on errors nothing else may be done.
struct Opened {
  std::unique_ptr<project::Session> session;
  const project::Analysis* analysis = nullptr;
  CommandResult result;
  bool ok() const { return analysis && analysis->ok; }
};
/// `build`: what no backend of the target takes on is an error.
Opened open_project(const ProjectRequest& request, bool build = false);
/// Diagnostics and exit code as they are now.
void show_diagnostics(const ProjectRequest& request, Opened& opened);
/// What stands before a project's own paths, so that they can be opened from the working folder.
std::string shown_root(const ProjectRequest& request);

/// 74 if reading or writing failed, 1 for other errors, 0 for none.
int exit_code_of(const std::vector<Diagnostic>& diagnostics);

}  // namespace pipec::driver
