#pragma once

#include "diagnostics/diagnostic.h"

namespace pipec::facts::diag {
#define PIPEC_DIAGNOSTIC(name, code, severity, title) PIPEC_DECLARE_KIND(name, code, severity, title)
#include "facts/diagnostics.def"
#undef PIPEC_DIAGNOSTIC
}  // namespace pipec::facts::diag
