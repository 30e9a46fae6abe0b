// Checks that would wait for what waits for them.
#pragma once

#include <vector>

#include "pipeline/pipeline.h"

namespace pipec::orchestration {

/// The blocking checks that, in some schedule, read what is built only once they have passed.
std::vector<const pipeline::Check*> circular_checks(const pipeline::Pipeline& pipeline);

}  // namespace pipec::orchestration
