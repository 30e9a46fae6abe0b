#include "databricks/evolve.h"

#include <algorithm>

#include "databricks/ledger.h"
#include "databricks/types.h"
#include "pipeline/table_changes.h"
#include "pipeline/widening.h"

namespace pipec::backend::databricks {

using ast::InsertMode;
using ast::NodeId;
using ast::SqlBuilder;
using pipeline::Column;
using sql::TypeKind;

namespace {

/// A narrower type may stand where this one is declared.
bool may_be_wider(sql::Type type) {
  switch (type.kind()) {
    case TypeKind::SmallInt:
    case TypeKind::Int:
    case TypeKind::BigInt:
    case TypeKind::Double:
    case TypeKind::Decimal:
    case TypeKind::TimestampNtz:
    case TypeKind::Array:
    case TypeKind::Map:
    case TypeKind::Struct:
      return true;
    default:
      return false;
  }
}

std::vector<Column> columns_to_widen(const Table& table) {
  std::vector<Column> columns;
  for (const Column& column : table.columns) {
    if (may_be_wider(column.type) && column.name != table.mirror) columns.push_back(column);
  }
  return columns;
}

NodeId declared(SqlBuilder& sql, const std::vector<Column>& columns, NodeId where) {
  SqlBuilder::Ids items;
  for (const Column& column : columns) {
    items.push_back(sql.item(sql.cast(sql.null(), type_node(sql, column.type)), column.name));
  }
  return sql.select({.items = items, .where = where});
}

/// A row for who reads the changes, if any type is another than declared. A column that the table lacks is found one scope
/// further out, as it is declared: it is new, and nothing has become wider.
NodeId widened(SqlBuilder& sql, const Names& names, const Table& table, const std::vector<Column>& columns) {
  SqlBuilder::Ids found, types;
  for (const Column& column : columns) {
    found.push_back(sql.call("typeof", {sql.column(column.name)}));
    types.push_back(sql.string(column.type.text()));
  }
  // A join that finds nothing knows the types all the same, and reads no file. The name of its column is nobody else's.
  NodeId one = sql.values_ref({{sql.integer(1)}}, "one", {"pipec_one"});
  NodeId from = sql.join(ast::JoinKind::Left, one, sql.table(table.path), sql.boolean(false));
  NodeId as_found = sql.select({.items = {sql.item(sql.call("array", found), "types")}, .from = {from}});
  SqlBuilder::Insert insert;
  insert.table = sql.table(names.own(kLedger));
  insert.columns = {"node", "input", "version", "fingerprint", "run_id", "recorded_at"};
  insert.query = sql.select(
      {.items = {sql.string(pipeline::kWidened), sql.string(table.feeds), sql.param("version"), sql.string(""),
                 sql.string(""), sql.call("current_timestamp", {})},
       .from = {sql.query_ref(declared(sql, columns, {}), "declared"), sql.ddl("lateral ({}) as found", as_found)},
       .where = sql.differs(sql.column("found", "types"), sql.call("array", types))});
  return sql.insert(insert);
}

}  // namespace

void evolve_table(StepWriter& steps, const Names& names, const Table& table) {
  const std::vector<Column> columns = columns_to_widen(table);
  if (!table.feeds.empty() && !columns.empty()) {
    pipeline::Step& version =
        steps.migrate(table.id + ".version", [&](Statement& s) { return pipeline::newest_version(s.sql, table.path); });
    version.kind = pipeline::StepKind::Bind;
    version.bind = {{"version", "version"}};
    version.check = table.id;
    steps.migrate(table.id + ".widened", [&](Statement& s) { return widened(s.sql, names, table, columns); }).check =
        table.id;
  }
  pipeline::Step& evolve = steps.migrate(table.id + ".columns", [&](Statement& s) {
    return s.sql.ddl(
        "merge with schema evolution into {}\n"
        "using ({}) as declared\n"
        "on false\n"
        "when not matched then insert *",
        s.sql.qname(table.path), declared(s.sql, table.columns, s.sql.boolean(false)));
  });
  evolve.check = table.id;
  verify_columns(steps, table.id, table.path, table.columns).kind = pipeline::StepKind::Gate;
}

NodeId insert_by_name(SqlBuilder& sql, InsertMode mode, const Path& into, NodeId query, NodeId replace_where) {
  NodeId table = sql.table(into);
  switch (mode) {
    case InsertMode::Overwrite:
      return sql.ddl("insert overwrite {} by name\n{}", table, query);
    case InsertMode::ReplaceWhere:
      return sql.ddl("insert into {} by name\nreplace where {}\n{}", table, replace_where, query);
    default:
      return sql.ddl("insert into {} by name\n{}", table, query);
  }
}

std::vector<Column> nullable_but(std::vector<Column> columns, const std::vector<Symbol>& key) {
  for (Column& column : columns) {
    column.nullable = column.nullable || std::none_of(key.begin(), key.end(), [&](Symbol name) {
                        return name.folded() == column.name.folded();
                      });
  }
  return columns;
}

}  // namespace pipec::backend::databricks
