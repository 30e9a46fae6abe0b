// The kinds of diagnostics of this folder.
#pragma once

#include "diagnostics/diagnostic.h"

namespace pipec::sql::diag {

#define PIPEC_DIAGNOSTIC(name, code, severity, title) \
  inline constexpr DiagnosticKind name{code, Severity::severity, title};
#include "sql/diagnostics.def"
#undef PIPEC_DIAGNOSTIC

}  // namespace pipec::sql::diag
