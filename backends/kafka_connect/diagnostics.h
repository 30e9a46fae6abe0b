// What this backend has to say.
#pragma once

#include "diagnostics/diagnostic.h"

namespace pipec::backend::kafka_connect::diag {

#define PIPEC_DIAGNOSTIC PIPEC_DECLARE_KIND
#include "kafka_connect/diagnostics.def"
#undef PIPEC_DIAGNOSTIC

}  // namespace pipec::backend::kafka_connect::diag
