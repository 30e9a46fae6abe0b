// A schedule as a job of Databricks: its tasks, what starts it, who is told.
#pragma once

#include "backend/backend.h"

namespace pipec::backend::databricks_jobs {

inline constexpr std::string_view kName = "databricks_jobs";
inline constexpr size_t kMostTasks = 1000, kMostTold = 3;  // of a job; of one event

/// Whether tasks send their statements to a SQL warehouse.
bool on_warehouse(const pipeline::Target& target);
/// The key of a schedule's job among the bundle's resources.
std::string key_of_job(std::string_view schedule);
/// The variable of the bundle that leads to a destination of notifications.
std::string variable_of(Symbol secret);

/// The document of a file below resources/.
Value job_document(View& view, const pipeline::Schedule& schedule);
/// Of a model that is built by time: a job by which people build some of its grains again.
Value backfill_document(View& view, const pipeline::Model& model);

}  // namespace pipec::backend::databricks_jobs
