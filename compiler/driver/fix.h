// `check --fix`: the certain fixes of diagnostics, written into the specification.
#pragma once

#include <string>

#include "project/session.h"

namespace pipec::driver {

struct FixResult {
  std::string report;  // a line a file that was changed; empty if none was
  std::string failed;  // a file that could not be written: those before it are
};

/// Of fixes that touch the same words only the first is made: the next run sees the rest. A file that is no longer what was
/// analysed is left alone. Each file is replaced in one step.
FixResult apply_fixes(const std::string& project, const project::Analysis& analysis);

}  // namespace pipec::driver
