#include "databricks/cdc_drift.h"

#include <fmt/format.h>

namespace pipec::backend::databricks {

using ast::NodeId;
using ast::SqlBuilder;
using Policy = pipeline::DriftPolicy;

bool Drift::looks() const {
  return cdc_.new_column != Policy::Ignore || cdc_.lost_column != Policy::Ignore || cdc_.changed_type == Policy::Rescue;
}

bool Drift::rescues_value(const pipeline::SourceColumn& column) const {
  return cdc_.changed_type == Policy::Rescue && column.column.nullable && !capture_.is_key(column.column.name);
}

SqlBuilder::Ids Drift::declared(SqlBuilder& sql) const {
  SqlBuilder::Ids names;
  for (Symbol name : capture_.columns()) names.push_back(sql.string(name));
  return names;
}

NodeId Drift::sent(SqlBuilder& sql, NodeId line) const {
  NodeId envelope = sql.call("from_json", {line, sql.string("struct<after: map<string, string>>")});
  return sql.field(envelope, "after");
}

NodeId Drift::rescued(SqlBuilder& sql, std::string_view decoded) const {
  SqlBuilder::Ids kept;
  if (cdc_.keeps_new_columns()) kept.push_back(sql.not_(sql.in_list(sql.column("name"), declared(sql))));
  for (const pipeline::SourceColumn& column : capture_.table->columns) {
    if (!rescues_value(column)) continue;
    // By the relation's name: a column may be called as the parameters are.
    kept.push_back(
        sql.and_all({sql.eq(sql.column("name"), sql.string(column.column.name)), sql.is_not_null(sql.column("value")),
                     sql.is_null(sql.column(decoded, column.column.name))}));
  }
  if (kept.empty()) return sql.null();
  NodeId unread =
      sql.call("map_filter", {sql.column(decoded, "_sent"), sql.lambda({"name", "value"}, sql.or_all(kept))});
  return sql.call("nullif", {sql.call("to_json", {unread}), sql.string("{}")});
}

void Drift::problems(SqlBuilder& sql, Problems& problems) const {
  auto sent = [&] { return sql.column("_sent"); };
  if (cdc_.new_column == Policy::Fail) {
    auto unknown = [&] {
      return sql.call("array_except", {sql.call("map_keys", {sent()}), sql.call("array", declared(sql))});
    };
    NodeId text =
        sql.call("concat", {sql.string("not declared: "), sql.call("array_join", {unknown(), sql.string(", ")})});
    problems.emplace_back(sql.gt(sql.call("size", {unknown()}), sql.integer(0)), text);
  }
  if (cdc_.lost_column != Policy::Fail) return;
  for (Symbol name : capture_.columns()) {
    NodeId is_there = sql.call("map_contains_key", {sent(), sql.string(name)});
    problems.emplace_back(sql.not_(is_there), sql.string(fmt::format("{}: no longer sent", name.text())));
  }
}

}  // namespace pipec::backend::databricks
