// Destinations and exports into Steps. What migrates can run twice; what runs alters no table.
#pragma once

#include "postgres/names.h"
#include "postgres/step_writer.h"

namespace pipec::backend::postgres {

/// Roles, schemas, and the table of watermarks.
void lower_destination(StepWriter& steps, const pipeline::Destination& destination);

/// The table with its key and indexes, the view that is the contract, comments, grants, the watermark.
void lower_export_migration(StepWriter& steps, const ExportNames& names, const pipeline::Export& e,
                            const pipeline::Node& node);

/// The copy of what changed, in one transaction with its watermark.
void lower_export_run(StepWriter& steps, const ExportNames& names, const pipeline::Export& e,
                      const pipeline::Target& target);

}  // namespace pipec::backend::postgres
