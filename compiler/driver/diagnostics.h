// What the driver has to say.
#pragma once

#include "diagnostics/diagnostic.h"

namespace pipec::driver::diag {

#define PIPEC_DIAGNOSTIC PIPEC_DECLARE_KIND
#include "driver/diagnostics.def"
#undef PIPEC_DIAGNOSTIC

}  // namespace pipec::driver::diag
