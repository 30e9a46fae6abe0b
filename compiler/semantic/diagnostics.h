#pragma once

#include "diagnostics/diagnostic.h"

namespace pipec::semantic::diag {
#define PIPEC_DIAGNOSTIC(name, code, severity, title) PIPEC_DECLARE_KIND(name, code, severity, title)
#include "semantic/diagnostics.def"
#undef PIPEC_DIAGNOSTIC
}  // namespace pipec::semantic::diag
