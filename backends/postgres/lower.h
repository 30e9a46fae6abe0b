// Destinations and exports into Steps. What migrates can run twice; what runs alters no table that readers see.
#pragma once

#include "postgres/names.h"
#include "postgres/step_writer.h"

namespace pipec::backend::postgres {

/// One export, with what its statements are made of.
struct Lowered {
  ExportNames names;
  const pipeline::Export& e;
  const pipeline::Node& node;
  const pipeline::Node& source;
  const pipeline::Cdc*
      merged;  // of a source whose change feed tells of rows that it hides, see pipeline::changed_images
};

/// Roles, schemas, and the table of watermarks.
void lower_destination(StepWriter& steps, const pipeline::Destination& destination);

/// What the export needs in the database: its table with key and indexes, the view that is the contract, comments,
/// grants, the watermark. In swap mode: the functions that make its generations, and an empty first one.
void lower_export_migration(StepWriter& steps, const Lowered& x);

/// Queries of what is there and what was declared: a row a difference.
void lower_verify(StepWriter& steps, const Lowered& x);

/// The copy of what changed, in one transaction with its watermark.
void lower_run(StepWriter& steps, const Lowered& x, const pipeline::Target& target);

/// Of several exports, all in one transaction; the migration of what they have in common too.
void lower_run_together(StepWriter& steps, Symbol publish, const std::vector<Lowered>& exports,
                        const pipeline::Target& target);

}  // namespace pipec::backend::postgres
