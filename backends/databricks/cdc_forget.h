// What leaves a log that says how long it is kept.
#pragma once

#include "databricks/cdc.h"

namespace pipec::backend::databricks {

/// Steps that take whole days away: partitions, so that no file is read or written for it. Before the run takes anything in, and
/// not before the current rows and the history hold all that the log has: what arrives late, or when nothing has run for
/// long, is older than that already.
void forget(const Capture& capture, const pipeline::Node& log, StepWriter& steps);

}  // namespace pipec::backend::databricks
