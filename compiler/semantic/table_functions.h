// Functions that take and give tables. Such a function is a template: a call of it in FROM becomes a query with the
// body in place, before anything is bound, so that types, facts, lineage and incremental runs see plain SQL.
//
//   from latest(silver.transfers, (player_id), completed_at) as l
//   from (with t as (select * from silver.transfers)
//         select * from t qualify row_number() over (partition by player_id order by completed_at desc) = 1) as l
//
// It is hygienic: the body reads only what it was given, a name of the call never means something of the body, and the
// other way round.
#pragma once

#include "semantic/items.h"
#include "semantic/world.h"

namespace pipec::semantic {

/// The declaration's tree with each such call expanded; the same tree if there is none.
std::shared_ptr<const ast::Tree> expand_table_functions(const Declaration& declaration, const Reader& reader,
                                                        Sink& sink);

/// The query of a function that gives a table; none if its body is no query.
ast::NodeId table_body(const ast::Tree& tree, const ast::FunctionDecl& decl);

/// Checks a function that gives a table as far as its parameters say what they stand for. `context.tree` is expanded.
void check_table_function(const Resolving& context, const Reader& reader, const ast::FunctionDecl& decl);

}  // namespace pipec::semantic
