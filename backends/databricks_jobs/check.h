// What jobs of Databricks cannot do, said where it is written.
#pragma once

#include "backend/backend.h"

namespace pipec::backend::databricks_jobs {

void check_jobs(const pipeline::Pipeline& pipeline, Sink& sink);

}  // namespace pipec::backend::databricks_jobs
