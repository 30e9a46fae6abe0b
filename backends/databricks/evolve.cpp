#include "databricks/evolve.h"

#include <algorithm>
#include <functional>

#include <fmt/format.h>

#include "databricks/ledger.h"
#include "databricks/types.h"

namespace pipec::backend::databricks {

using ast::InsertMode;
using ast::NodeId;
using ast::SqlBuilder;
using pipeline::Column;
using sql::TypeKind;

namespace {

/// In scope together with every column of the table.
constexpr const char* kOne = "pipec_one";

/// The types that Delta makes into this one where they stand, and itself.
std::vector<std::string> may_have_been(sql::Type type) {
  switch (type.kind()) {
    case TypeKind::SmallInt:
      return {"smallint", "tinyint"};
    case TypeKind::Int:
      return {"int", "smallint", "tinyint"};
    case TypeKind::BigInt:
      return {"bigint", "int", "smallint", "tinyint"};
    case TypeKind::Double:
      return {"double", "float"};
    case TypeKind::TimestampNtz:
      return {"timestamp_ntz", "date"};
    case TypeKind::Char:
    case TypeKind::Varchar:
      return {"string"};
    default:
      return {type.text()};
  }
}

bool holds_struct(sql::Type type) {
  if (type.is(TypeKind::Array)) return holds_struct(type.element());
  if (type.is(TypeKind::Map)) return holds_struct(type.key()) || holds_struct(type.value());
  return type.is(TypeKind::Struct);
}

/// A decimal without more digits on either side of the point.
NodeId is_narrower_decimal(SqlBuilder& sql, sql::Type type, const std::function<NodeId()>& found) {
  auto part = [&](int number) {
    NodeId digits =
        sql.call("regexp_extract", {found(), sql.string("^decimal[(]([0-9]+),([0-9]+)[)]$"), sql.integer(number)});
    return sql.try_cast(digits, sql.type("int"));
  };
  NodeId whole = sql.binary(ast::BinaryOp::Subtract, part(1), part(2));
  NodeId narrower = sql.and_all(
      {sql.lt_eq(part(2), sql.integer(type.scale())), sql.lt_eq(whole, sql.integer(type.precision() - type.scale()))});
  return sql.call("coalesce", {narrower, sql.boolean(false)});
}

/// True of a column whose type cannot become the declared one.
NodeId is_of_another_type(SqlBuilder& sql, const Column& column) {
  auto found = [&] { return sql.call("typeof", {sql.column(column.name)}); };
  if (column.type.is(TypeKind::Decimal)) return sql.not_(is_narrower_decimal(sql, column.type, found));
  if (holds_struct(column.type)) {
    // Members are added and widened like columns; Delta itself refuses what fits nowhere.
    const std::string text(column.type.text());
    return sql.not_(sql.call("startswith", {found(), sql.string(text.substr(0, text.find('<') + 1))}));
  }
  SqlBuilder::Ids types;
  for (const std::string& name : may_have_been(column.type)) types.push_back(sql.string(name));
  return sql.not_(sql.in_list(found(), types));
}

NodeId newest_fingerprint(SqlBuilder& sql, const Names& names, Symbol node) {
  NodeId newest = sql.call("max_by", {sql.column("fingerprint"), sql.column("recorded_at")});
  return sql.scalar_query(sql.select({.items = {newest},
                                      .from = {sql.table(names.own(kLedger))},
                                      .where = sql.eq(sql.column("node"), sql.string(node))}));
}

/// What is wrong with the table, or NULL. A column that it lacks is found one scope further out, as it is declared.
NodeId problem_of(SqlBuilder& sql, const Table& table) {
  std::vector<std::pair<NodeId, NodeId>> whens;
  for (const Column& column : table.columns) {
    NodeId found = sql.call("typeof", {sql.column(column.name)});
    NodeId text = sql.call("concat", {sql.string(fmt::format("column {} is ", column.name.text())), found,
                                      sql.string(fmt::format(", which cannot become {}", column.type.text()))});
    whens.emplace_back(is_of_another_type(sql, column), text);
  }
  NodeId one = sql.values_ref({{sql.integer(1)}}, "one", {kOne});
  NodeId from = sql.join(ast::JoinKind::Left, one, sql.table(table.path), sql.boolean(false));
  return sql.select({.items = {sql.item(sql.case_when(whens), "problem")}, .from = {from}});
}

}  // namespace

void evolve_table(StepWriter& steps, const Names& names, const Table& table) {
  steps.migrate(table.id + ".columns", [&](Statement& s) {
    SqlBuilder& sql = s.sql;
    SqlBuilder::Ids items;
    for (const Column& column : table.columns) {
      items.push_back(sql.item(sql.cast(sql.null(), type_node(sql, column.type)), column.name));
    }
    auto stop = [&](NodeId what, const std::string& remedy) {
      NodeId text =
          sql.call("concat", {sql.string(Names::spelled(table.path) + ": "), what, sql.string("; " + remedy)});
      return sql.call("raise_error", {text});
    };
    std::vector<std::pair<NodeId, NodeId>> whens;
    whens.emplace_back(
        sql.is_not_null(sql.column("found", "problem")),
        stop(sql.column("found", "problem"), "declare the type that it has, or give the new column another name"));
    if (!table.key_mark.empty()) {
      NodeId other = has_other_mark(sql, newest_fingerprint(sql, names, table.told_apart), table.key_mark);
      whens.emplace_back(
          other, stop(sql.string("its rows are told apart by other columns than are declared"),
                      fmt::format("drop it, and delete the rows of node {} from the ledger", table.told_apart.text())));
    }
    NodeId none = sql.case_when(whens, sql.boolean(false));
    return sql.ddl(
        "merge with schema evolution into {}\n"
        "using (\n"
        "  select declared.*\n"
        "  from ({}) as declared, lateral ({}) as found\n"
        "  where {}\n"
        ")\n"
        "on false\n"
        "when not matched then insert *",
        sql.qname(table.path), sql.select({.items = items}), problem_of(sql, table), none);
  });
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
