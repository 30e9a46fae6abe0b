// A table of `mode upsert` or `mode replace` that was made by an older contract becomes one of this contract, in its place.
#pragma once

#include "postgres/lower.h"

namespace pipec::backend::postgres {

/// Before all of it, one statement: readers lock a view before the table below it, and whoever does it the other way round stands in
/// a deadlock with them.
ast::NodeId lock_views(ast::SqlBuilder& sql, const Lowered& x);

/// One statement behind CREATE TABLE IF NOT EXISTS and before the views: adds columns, widens types, takes away what no longer holds.
/// What cannot be done in place stops it, with everything as it was. Where the table is as declared, it changes nothing.
ast::NodeId alter_table(ast::SqlBuilder& sql, const Lowered& x);

}  // namespace pipec::backend::postgres
