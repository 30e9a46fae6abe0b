// A file of the project as a table.
#pragma once

#include "backend/backend.h"
#include "databricks/names.h"

namespace pipec::backend::databricks {

void lower_seed(View& view, const Names& names, Symbol name, Output& output);

}  // namespace pipec::backend::databricks
