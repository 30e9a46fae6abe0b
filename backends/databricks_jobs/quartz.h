// A cron of five fields as Quartz writes it, which Databricks starts its jobs by: with seconds, weekdays by their names, and
// a `?` for the kind of day that is not asked.
#pragma once

#include <optional>
#include <string>

#include "pipeline/cron.h"

namespace pipec::backend::databricks_jobs {

/// "0 0 3 * * ?"; nullopt where both kinds of days are restricted: cron means days that either names, which Quartz cannot
/// say.
std::optional<std::string> quartz_of(const pipeline::Cron& cron);

}  // namespace pipec::backend::databricks_jobs
