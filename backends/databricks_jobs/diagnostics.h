// The kinds of diagnostics of this backend.
#pragma once

#include "diagnostics/diagnostic.h"

namespace pipec::backend::databricks_jobs::diag {

#define PIPEC_DIAGNOSTIC PIPEC_DECLARE_KIND
#include "databricks_jobs/diagnostics.def"
#undef PIPEC_DIAGNOSTIC

}  // namespace pipec::backend::databricks_jobs::diag
