#pragma once

#include "diagnostics/diagnostic.h"

namespace pipec::pipeline::diag {
#define PIPEC_DIAGNOSTIC(name, code, severity, title) PIPEC_DECLARE_KIND(name, code, severity, title)
#include "pipeline/diagnostics.def"
#undef PIPEC_DIAGNOSTIC
}  // namespace pipec::pipeline::diag
