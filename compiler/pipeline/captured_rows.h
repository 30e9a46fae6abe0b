// What lies below the views of a captured table: a table that holds more than the view shows, and whose change feed says
// what changed in the view (docs/decisions/0004). One backend makes it; who reads changes hides what the view hides.
#pragma once

#include <string_view>

#include "ast/build.h"
#include "pipeline/pipeline.h"

namespace pipec::pipeline {

inline constexpr std::string_view kRowsSuffix = "__rows";  // of the table below a view of a cdc

/// Where a row with soft deletes last said something, beside the position of its last event, a delete perhaps.
inline constexpr std::string_view kPayloadPosition[] = {"_row_seq", "_row_ord", "_row_tie"};

/// The Delta table that holds a node's rows: of a cdc's current rows and history it lies below the view.
ast::SqlBuilder::Texts rows_path(const Target& target, const Node& node);
/// That table, of such a view.
ast::SqlBuilder::Texts below_view(const Target& target, Symbol view);

/// The warehouse keeps captured tables by AUTO CDC, and not by MERGE: then their current rows are all that is below the view.
bool is_auto_cdc(const Target& target);

/// Before every position: of a row that has said nothing yet.
ast::NodeId no_position(ast::SqlBuilder& sql, sql::Type type);
/// Of a row that MERGE keeps: the view of the current rows shows it.
ast::NodeId is_shown(ast::SqlBuilder& sql, const Cdc& cdc);
/// The column `_deleted_at` of that view, which the table below does not have.
ast::NodeId deleted_at(ast::SqlBuilder& sql);

/// The images of rows that changed from the version :first_version to :`to`, with the columns that readers see and those of the feed.
struct Images {
  ast::NodeId from;
  ast::NodeId seen;  // those that readers ever saw; none: all
};
/// `rows`: the table that holds them, as the warehouse spells it. `merged`: of current rows that MERGE keeps, else null.
Images changed_images(ast::SqlBuilder& sql, std::string_view rows, const Cdc* merged, std::string_view to);

}  // namespace pipec::pipeline
