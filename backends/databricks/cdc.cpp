#include "databricks/cdc.h"

#include <fmt/format.h>

#include "databricks/tables.h"
#include "pipeline/cdc_columns.h"

namespace pipec::backend::databricks {

using ast::NodeId;
using ast::SqlBuilder;
using sql::TypeKind;

Capture::Capture(View& view, const Names& names, Symbol current) : names(names) {
  cdc = view.cdc(current);
  source = cdc ? view.source(cdc->source) : nullptr;
  landing = view.target().landing;
  if (!source) return;
  for (const pipeline::SourceTable& each : source->tables) {
    if (each.schema == cdc->table_schema && each.name == cdc->table_name) table = &each;
  }
}

bool Capture::is_key(Symbol column) const {
  return pipeline::is_key_column(*cdc, column);
}

std::vector<Symbol> Capture::columns() const {
  std::vector<Symbol> names;
  for (const pipeline::SourceColumn& column : table->columns) names.push_back(column.column.name);
  return names;
}

std::vector<Symbol> Capture::payload() const {
  std::vector<Symbol> names;
  for (const pipeline::SourceColumn& column : table->columns) {
    if (!is_key(column.column.name)) names.push_back(column.column.name);
  }
  return names;
}

std::string Capture::topic() const {
  return pipeline::landing_topic(*source, *table);
}

NodeId day_of(SqlBuilder& sql, NodeId time) {
  constexpr int kSecondsOfDay = 86400;
  NodeId days = sql.binary(ast::BinaryOp::IntDiv, sql.call("unix_seconds", {time}), sql.integer(kSecondsOfDay));
  return sql.call("date_from_unix_date", {sql.cast(days, sql.type("int"))});
}

std::vector<pipeline::Column> row_columns(const Capture& capture) {
  std::vector<pipeline::Column> columns;
  // A delete says nothing but the key, and a column that is declared later has no value in older events.
  for (const pipeline::SourceColumn& source : capture.table->columns) {
    columns.push_back(source.column);
    columns.back().nullable = !capture.is_key(source.column.name);
  }
  columns.push_back(column("_deleted", TypeKind::Boolean, false, "The source has no such row any more."));
  columns.push_back(column("_source_ts", TypeKind::Timestamp, false, "When the source committed it."));
  for (std::string_view name : pipeline::kPositionColumns) {
    columns.push_back(column(name, pipeline::position_type(capture.source->kind, name), false,
                             "Position of the event: the greatest is the last."));
  }
  return columns;
}

NodeId place(SqlBuilder& sql, const char* alias) {
  SqlBuilder::Ids parts;
  for (std::string_view name : pipeline::kPositionColumns) parts.push_back(sql.column(alias, name));
  return sql.call("struct", parts);
}

SqlBuilder::Ids in_order(SqlBuilder& sql, const char* alias) {
  SqlBuilder::Ids order;
  for (std::string_view name : pipeline::kPositionColumns) order.push_back(sql.asc(sql.column(alias, name)));
  return order;
}

NodeId stands_after(SqlBuilder& sql, const char* a, const char* b, std::span<const std::string_view> columns) {
  NodeId result;
  for (size_t i = columns.size(); i-- > 0;) {
    std::string_view name = columns[i];
    NodeId greater = sql.gt(sql.column(a, name), sql.column(b, name));
    if (!result) {
      result = greater;
      continue;
    }
    NodeId equal = sql.eq(sql.column(a, name), sql.column(b, name));
    result = sql.or_all({greater, sql.and_all({equal, result})});
  }
  return result;
}

}  // namespace pipec::backend::databricks
