// Expectations and checks: queries of one row that count what is wrong.
#pragma once

#include <functional>

#include "databricks/author.h"
#include "databricks/step_writer.h"

namespace pipec::backend::databricks {

/// What an expectation is asked of.
struct Audited {
  Symbol model;
  Path rows;  // a staged batch, or the view itself
  std::vector<Symbol> reads;
  std::vector<Symbol>
      batch_columns;  // rows of the batch and of the table never agree in all of them; none: the batch is all
  /// The rows of the table that the batch does not replace, as a relation; not set: the batch is all.
  std::function<ast::NodeId(Statement&, const std::vector<Symbol>& columns)> kept;
};

void add_gates(StepWriter& steps, pipeline::Lookup& lookup, const Names& names, Author& author,
               const pipeline::Model& model, const Audited& audited);
/// Rows of the batch agree in these columns: an error, whatever the model expects.
void add_unique_gate(StepWriter& steps, const Audited& audited, const std::vector<Symbol>& columns,
                     const std::string& name, pipeline::GatePolicy policy);

void lower_check(View& view, const Names& names, Symbol check, Output& output);

}  // namespace pipec::backend::databricks
