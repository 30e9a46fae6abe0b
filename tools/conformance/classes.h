// Spark's error class for each of our codes, where one answers to the other.
#pragma once

#include <string>

#include "diagnostics/diagnostic.h"

namespace pipec::conformance {

/// Empty if none does.
std::string spark_error_class(const Diagnostic& diagnostic);

}  // namespace pipec::conformance
