// Columns that were declared after events had brought them (`on new column add`).
#pragma once

#include "databricks/cdc.h"

namespace pipec::backend::databricks {

/// What the log's `_rescued` holds for columns that are declared goes into them, once for each declaration.
void fill_declared(const Capture& capture, const pipeline::Node& log, StepWriter& steps);

}  // namespace pipec::backend::databricks
