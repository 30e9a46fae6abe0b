// Kinds of diagnostics of this folder: PIPE01xx.
#pragma once

#include "diagnostics/diagnostic.h"

namespace pipec::syntax::diag {
#define PIPEC_DIAGNOSTIC PIPEC_DECLARE_KIND
#include "syntax/diagnostics.def"
#undef PIPEC_DIAGNOSTIC
}  // namespace pipec::syntax::diag
