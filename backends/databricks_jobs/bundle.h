// databricks.yml: what the bundle is called, which files belong to it, where it goes.
#pragma once

#include "backend/backend.h"

namespace pipec::backend::databricks_jobs {

Value bundle_document(View& view);

}  // namespace pipec::backend::databricks_jobs
