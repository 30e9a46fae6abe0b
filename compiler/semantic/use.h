// Who reads tables outside the SQL: Python models, jobs, dashboards.
#pragma once

#include "semantic/items.h"
#include "semantic/world.h"

namespace pipec::semantic {

/// The `reads` of a block, each table and column known or reported.
std::vector<pipeline::TableUse> read_uses(const Resolving& context, const Reader& reader, ast::NodeId items);
/// Their tables, sorted, each once.
std::vector<Symbol> tables_of(const std::vector<pipeline::TableUse>& uses);
/// What Python runs: `python 'jobs/embed.py'` or `python 'jobs/embed.py:run'`, and the `reads` beside it.
pipeline::Program read_program(const Resolving& context, const Reader& reader, ast::NodeId python, ast::NodeId items);

}  // namespace pipec::semantic
