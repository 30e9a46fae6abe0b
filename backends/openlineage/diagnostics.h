#pragma once

#include "diagnostics/diagnostic.h"

namespace pipec::backend::openlineage::diag {

#define PIPEC_DIAGNOSTIC PIPEC_DECLARE_KIND
#include "openlineage/diagnostics.def"
#undef PIPEC_DIAGNOSTIC

}  // namespace pipec::backend::openlineage::diag
