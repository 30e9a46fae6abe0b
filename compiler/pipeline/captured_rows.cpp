#include "pipeline/captured_rows.h"

#include <fmt/format.h>

#include "pipeline/cdc_columns.h"
#include "pipeline/table_changes.h"

namespace pipec::pipeline {

using ast::NodeId;
using ast::SqlBuilder;

SqlBuilder::Texts rows_path(const Target& target, const Node& node) {
  const bool viewed = node.kind == NodeKind::CdcCurrent || node.kind == NodeKind::CdcHistory;
  return viewed ? below_view(target, node.head.name) : table_path(target, node.head.name);
}

SqlBuilder::Texts below_view(const Target& target, Symbol view) {
  SqlBuilder::Texts path = table_path(target, view);
  path.back() = fmt::format("{}{}", path.back().symbol.text(), kRowsSuffix);
  return path;
}

bool is_auto_cdc(const Target& target) {
  return target.option("databricks", "cdc") == "auto_cdc";
}

NodeId no_position(SqlBuilder& sql, sql::Type type) {
  return type.is_string() ? sql.string("") : sql.integer(-1);
}

NodeId is_shown(SqlBuilder& sql, const Cdc& cdc) {
  if (cdc.deletes == Deletes::Hard) return sql.not_(sql.column("_deleted"));
  const NodeId nothing = no_position(sql, position_type(cdc.source_kind, kPositionColumns[0]));
  return sql.gt(sql.column(kPayloadPosition[0]), nothing);
}

NodeId deleted_at(SqlBuilder& sql) {
  return sql.item(sql.case_when({{sql.column("_deleted"), sql.column("_source_ts")}}), "_deleted_at");
}

Images changed_images(SqlBuilder& sql, std::string_view rows, const Cdc* merged, std::string_view to) {
  const NodeId feed =
      sql.table_function("table_changes", {sql.string(rows), sql.param("first_version"), sql.param(to)});
  if (!merged) return {feed, {}};
  if (merged->deletes == Deletes::Hard) return {feed, is_shown(sql, *merged)};
  const NodeId with_times = sql.select({.items = {sql.star(), deleted_at(sql)}, .from = {feed}});
  return {sql.query_ref(with_times, "images"), is_shown(sql, *merged)};
}

}  // namespace pipec::pipeline
