// What the connectors of each kind of source say of where an event comes from and where it stands: which members of the
// envelope's `source` are read, and how the position columns are made of them.
#pragma once

#include <string_view>
#include <utility>
#include <vector>

#include "databricks/cdc.h"

namespace pipec::backend::databricks {

/// Member of `source` -> its type in the landed JSON.
const std::vector<std::pair<std::string_view, std::string_view>>& source_members(Symbol source_kind);
/// True for events of the captured table; `of` gives a member of `source`.
ast::NodeId is_of_table(ast::SqlBuilder& sql, const Capture& capture,
                        const std::function<ast::NodeId(std::string_view)>& of);
/// The members that the position is made of, under names of their own.
ast::SqlBuilder::Ids position_parts(ast::SqlBuilder& sql, Symbol source_kind,
                                    const std::function<ast::NodeId(std::string_view)>& of);
/// _seq and _ord, of those parts. NULL: the event has no position.
ast::NodeId first_position(ast::SqlBuilder& sql, Symbol source_kind);
ast::NodeId second_position(ast::SqlBuilder& sql, Symbol source_kind);
/// PostgreSQL: before all of the event's transaction, also before what it wrote while others were committed.
ast::NodeId commit_before(ast::SqlBuilder& sql);

}  // namespace pipec::backend::databricks
