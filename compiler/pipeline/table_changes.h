// Reading a Delta table from outside the warehouse: all of it, or what changed since a version. Built as
// trees, printed in the warehouse's dialect by whoever asks.
#pragma once

#include "ast/build.h"
#include "pipeline/captured_rows.h"
#include "pipeline/pipeline.h"

namespace pipec::pipeline {

/// Catalog (if the target has one), schema with the target's prefix, name.
ast::SqlBuilder::Texts table_path(const Target& target, Symbol node);

/// The schema of what is pipec's own in the warehouse: ledger, staged batches, landed files.
inline constexpr std::string_view kOwnSchema = "pipec";
/// A table in it, as "ledger".
ast::SqlBuilder::Texts own_path(const Target& target, std::string_view name);

/// One row, the newest version of the table as `version` among other columns.
ast::NodeId newest_version(ast::SqlBuilder& sql, const ast::SqlBuilder::Texts& table);

/// All rows, the columns in this order.
ast::NodeId all_rows(ast::SqlBuilder& sql, const ast::SqlBuilder::Texts& table, const std::vector<Symbol>& columns);

struct TableChanges {
  Images images;
  std::vector<Symbol> columns;
  std::vector<Symbol> key;
  Symbol operation;  // name of the column that says what happened: 'u' or 'd'
};
/// The last image of each key that the versions touched; of a row that is gone the key alone. A
/// row is gone from the key that it had before an update, and from a view that hides it now. Where one version takes a row
/// away and puts it back, as every update does, the row is there afterwards.
ast::NodeId table_changes(ast::SqlBuilder& sql, const TableChanges& changes);

}  // namespace pipec::pipeline
