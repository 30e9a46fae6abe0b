// Metrics as metric views: what a tool asks by MEASURE(), with the dimensions that the paths lead to.
#pragma once

#include "backend/backend.h"
#include "databricks/names.h"

namespace pipec::backend::databricks {

/// The schema that they lie in: a metric has a name without one.
inline constexpr std::string_view kMetricSchema = "metrics";

void lower_metric(View& view, const Names& names, Symbol metric, Output& output);

}  // namespace pipec::backend::databricks
