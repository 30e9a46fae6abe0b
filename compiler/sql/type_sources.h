// Which columns of tables give an expression its type: errors that come from one wrong type have such a column in common.
#pragma once

#include <vector>

#include "ast/tree.h"
#include "sql/ir.h"

namespace pipec::sql {

/// "gold.x.fee", folded: the column of a table that this one is, seen through what only passes it on; else empty.
Symbol table_column(const Ir& ir, ColumnId column);

/// The columns of tables that are written within a span of the tree; sorted by text, each once. Linear in the IR.
std::vector<Symbol> columns_within(const Ir& ir, const ast::Tree& tree, Span within);

}  // namespace pipec::sql
