// A table that is there already and the columns that are declared now.
#pragma once

#include "databricks/tables.h"

namespace pipec::backend::databricks {

/// Where the columns are not those that are declared: those that the table lacks are added, types that have become wider are
/// widened, which the ledger is told where others read the table's changes (pipeline/widening.h). A gate of the
/// deployment finds what is still otherwise.
void evolve_table(StepWriter& steps, const Names& names, const Table& table);

/// INSERT by the names of the columns: a column that was added stands last in the table, one that is no longer declared
/// gets NULL. `replace_where`: none, or which rows it takes the place of.
ast::NodeId insert_by_name(ast::SqlBuilder& sql, ast::InsertMode mode, const Path& into, ast::NodeId query,
                           ast::NodeId replace_where = {});

/// The columns as a table has them that may lose any of them one day: NULL is refused in the key alone.
std::vector<pipeline::Column> nullable_but(std::vector<pipeline::Column> columns, const std::vector<Symbol>& key);

}  // namespace pipec::backend::databricks
