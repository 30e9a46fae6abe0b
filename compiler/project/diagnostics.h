#pragma once

#include "diagnostics/diagnostic.h"

namespace pipec::project::diag {
#define PIPEC_DIAGNOSTIC(name, code, severity, title) PIPEC_DECLARE_KIND(name, code, severity, title)
#include "project/diagnostics.def"
#undef PIPEC_DIAGNOSTIC
}  // namespace pipec::project::diag
