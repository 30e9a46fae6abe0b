// The kinds of diagnostics of orchestrators.
#pragma once

#include "diagnostics/diagnostic.h"

namespace pipec::orchestration::diag {

#define PIPEC_DIAGNOSTIC PIPEC_DECLARE_KIND
#include "orchestration/diagnostics.def"
#undef PIPEC_DIAGNOSTIC

}  // namespace pipec::orchestration::diag
