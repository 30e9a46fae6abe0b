// The kinds of diagnostics of this backend.
#pragma once

#include "diagnostics/diagnostic.h"

namespace pipec::backend::airflow::diag {

#define PIPEC_DIAGNOSTIC PIPEC_DECLARE_KIND
#include "airflow/diagnostics.def"
#undef PIPEC_DIAGNOSTIC

}  // namespace pipec::backend::airflow::diag
