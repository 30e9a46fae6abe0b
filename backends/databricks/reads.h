// How a query reads its tables in the warehouse: relations by their names there, every `*` as its columns, set
// operations by name as such by position.
#pragma once

#include <functional>
#include <vector>

#include "print/rewrites.h"
#include "sql/binder.h"

namespace pipec::backend::databricks {

using PathOf = std::function<std::vector<Symbol>(Symbol table)>;
using TypeNodeOf = std::function<print::TypeRef(sql::Type)>;

void rewrite_reads(const ast::Tree& tree, const sql::SideTables& tables, const PathOf& path_of,
                   const TypeNodeOf& type_of, print::Rewrites& into);

}  // namespace pipec::backend::databricks
