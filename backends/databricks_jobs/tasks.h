// The tasks of a job: one a node, one a check that stands by itself, and those that turn a run red.
#pragma once

#include "backend/backend.h"

namespace pipec::backend::databricks_jobs {

/// In the order of the schedule; the last one may start the jobs that come after it.
Value tasks_of(View& view, const pipeline::Schedule& schedule);

/// A task that builds the grains again that the run is given.
Value backfill_task(View& view, Symbol node);

/// What the tasks run in where they have no cluster: Databricks's serverless compute.
Value environments_value(View& view);

}  // namespace pipec::backend::databricks_jobs
