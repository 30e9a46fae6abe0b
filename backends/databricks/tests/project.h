// Projects of this repository, built in memory.
#pragma once

#include <map>
#include <string>

#include "project/session.h"

namespace pipec::test {

struct Built {
  pipeline::Pipeline pipeline;
  std::map<std::string, std::string> files;  // of the databricks folder, by path below it
  std::string diagnostics;                   // errors as text; empty if there are none
};

/// `folder` is relative to the repository.
Built build(const std::string& folder);

}  // namespace pipec::test
