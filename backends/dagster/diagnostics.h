// The kinds of diagnostics of this backend.
#pragma once

#include "diagnostics/diagnostic.h"

namespace pipec::backend::dagster::diag {

#define PIPEC_DIAGNOSTIC PIPEC_DECLARE_KIND
#include "dagster/diagnostics.def"
#undef PIPEC_DIAGNOSTIC

}  // namespace pipec::backend::dagster::diag
