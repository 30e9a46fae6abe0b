// Projects in memory for tests of the engine.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "project/session.h"

namespace pipec::test {

using Files = std::map<std::string, std::string>;

/// The files of a folder of this repository ("specs/first").
Files load(const std::string& folder);
std::shared_ptr<MemoryVfs> vfs_of(const Files& files);

/// Everything that a user can see of a project: diagnostics as JSON, and the artifacts where there are no
/// errors.
struct Outcome {
  std::string diagnostics;
  ArtifactFiles files;
  bool ok = false;
};
Outcome outcome(project::Session& session, unsigned jobs = 1);
Outcome fresh_outcome(const Files& files, unsigned jobs = 1);

}  // namespace pipec::test
