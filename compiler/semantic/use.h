// Who reads tables outside the SQL: Python models, jobs, dashboards.
#pragma once

#include "semantic/items.h"
#include "semantic/world.h"

namespace pipec::semantic {

/// The `reads` of a block, each table and column known or reported.
std::vector<pipeline::TableUse> read_uses(const Resolving& context, const Reader& reader, ast::NodeId items);
/// Their tables, sorted, each once.
std::vector<Symbol> tables_of(const std::vector<pipeline::TableUse>& uses);
/// A file that Python runs, `jobs/embed.py` or `jobs/embed.py:run`.
std::string read_python(const Resolving& context, const Reader& reader, ast::NodeId node);

}  // namespace pipec::semantic
