#include "pipeline/table_changes.h"

#include <algorithm>

namespace pipec::pipeline {

using ast::NodeId;
using ast::SqlBuilder;

SqlBuilder::Texts table_path(const Target& target, Symbol node) {
  const std::string_view name = node.text();
  const size_t dot = name.find('.');
  SqlBuilder::Texts path;
  if (!target.catalog.empty()) path.push_back(target.catalog);
  path.push_back(target.schema_prefix + std::string(name.substr(0, dot)));
  path.push_back(name.substr(dot + 1));
  return path;
}

SqlBuilder::Texts own_path(const Target& target, std::string_view name) {
  SqlBuilder::Texts path;
  if (!target.catalog.empty()) path.push_back(target.catalog);
  path.push_back(target.schema_prefix + std::string(kOwnSchema));
  path.push_back(name);
  return path;
}

NodeId newest_version(SqlBuilder& sql, const SqlBuilder::Texts& table) {
  return sql.ddl("describe history {} limit 1", sql.qname(table));
}

NodeId all_rows(SqlBuilder& sql, const SqlBuilder::Texts& table, const std::vector<Symbol>& columns) {
  return sql.select({.items = sql.columns({}, columns), .from = {sql.table(table)}});
}

NodeId table_changes(SqlBuilder& sql, const TableChanges& changes) {
  const auto is_gone = [&] {
    return sql.in_list(sql.column("_change_type"), {sql.string("delete"), sql.string("update_preimage")});
  };
  SqlBuilder::Ids items;
  for (Symbol column : changes.columns) {
    if (std::find(changes.key.begin(), changes.key.end(), column) != changes.key.end()) {
      items.push_back(sql.column(column));
      continue;
    }
    items.push_back(sql.item(sql.case_when({{sql.not_(is_gone()), sql.column(column)}}), column));
  }
  items.push_back(sql.item(sql.case_when({{is_gone(), sql.string("d")}}, sql.string("u")), changes.operation));
  // False comes before true.
  const NodeId last = sql.over(sql.call("row_number", {}), sql.columns({}, changes.key),
                               {sql.desc(sql.column("_commit_version")), sql.asc(is_gone())});
  return sql.select({.items = items,
                     .from = {changes.images.from},
                     .where = changes.images.seen,
                     .qualify = sql.eq(last, sql.integer(1))});
}

}  // namespace pipec::pipeline
