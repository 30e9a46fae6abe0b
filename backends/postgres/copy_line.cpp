#include "postgres/copy_line.h"

namespace pipec::backend::postgres {

using ast::BinaryOp;
using ast::NodeId;
using ast::SqlBuilder;
using sql::TypeKind;

namespace {

constexpr const char* kRows = "r";
constexpr const char* kElement = "x";

NodeId replaced(SqlBuilder& sql, NodeId text, const char* what, const char* by) {
  return sql.call("replace", {text, sql.string(what), sql.string(by)});
}
NodeId enclosed(SqlBuilder& sql, const char* before, NodeId text, const char* behind) {
  return sql.binary(BinaryOp::Concat, sql.binary(BinaryOp::Concat, sql.string(before), text), sql.string(behind));
}
NodeId as_string(SqlBuilder& sql, NodeId value) {
  return sql.cast(value, sql.type("string"));
}

/// Of a type that is no array: as PostgreSQL's own type reads it, in nobody's quotes yet.
NodeId text_of(SqlBuilder& sql, NodeId value, sql::Type type) {
  switch (type.kind()) {
    case TypeKind::String:
      return value;
    case TypeKind::Binary:
      return sql.binary(BinaryOp::Concat, sql.string("\\x"), sql.call("hex", {value}));
    case TypeKind::Timestamp: {
      // Not by a cast: that speaks of the session's clock, which shows an hour of autumn twice.
      const NodeId epoch = sql.typed(ast::TypedLiteralKind::TimestampNtz, "1970-01-01 00:00:00");
      const NodeId micros = sql.call("unix_micros", {value});
      const NodeId utc = sql.call("timestampadd", {sql.column("microsecond"), micros, epoch});
      return sql.binary(BinaryOp::Concat, as_string(sql, utc), sql.string("+00"));
    }
    default:
      return as_string(sql, value);
  }
}

/// In the braces of https://www.postgresql.org/docs/current/arrays.html#ARRAYS-IO; quotes do no harm to any element.
NodeId array_text(SqlBuilder& sql, NodeId value, sql::Type type) {
  const sql::Type element = type.element();
  NodeId text = text_of(sql, sql.column(kElement), element);
  if (element.is_string()) text = replaced(sql, replaced(sql, text, "\\", "\\\\"), "\"", "\\\"");
  if (element.is(TypeKind::Binary)) text = replaced(sql, text, "\\", "\\\\");
  const NodeId quoted = sql.call("ifnull", {enclosed(sql, "\"", text, "\""), sql.string("NULL")});
  const NodeId elements = sql.call("transform", {value, sql.lambda({kElement}, quoted)});
  return enclosed(sql, "{", sql.call("array_join", {elements, sql.string(",")}), "}");
}

NodeId field(SqlBuilder& sql, const CopiedColumn& column) {
  const NodeId value = sql.column(kRows, column.name);
  const bool is_array = column.type.is(TypeKind::Array);
  NodeId text = column.is_vector ? sql.call("to_json", {value})
                : is_array       ? array_text(sql, value, column.type)
                                 : text_of(sql, value, column.type);
  // No other type's text has a comma, a quote or the end of a line in it.
  if (is_array || column.type.is_string()) text = enclosed(sql, "\"", replaced(sql, text, "\"", "\"\""), "\"");
  return sql.call("ifnull", {text, sql.string("")});
}

}  // namespace

NodeId csv_lines(SqlBuilder& sql, const std::vector<CopiedColumn>& columns, NodeId query) {
  SqlBuilder::Ids fields{sql.string(",")};
  for (const CopiedColumn& column : columns) fields.push_back(field(sql, column));
  return sql.select(
      {.items = {sql.item(sql.call("concat_ws", fields), "line")}, .from = {sql.query_ref(query, kRows)}});
}

}  // namespace pipec::backend::postgres
