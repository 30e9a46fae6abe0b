#include "postgres/table.h"

#include <fmt/format.h>

namespace pipec::backend::postgres {

using ast::NodeId;
using ast::SqlBuilder;

namespace {

/// The type by its Databricks name: the printer's PostgreSQL says the same as platform::serving_type.
NodeId type_of(SqlBuilder& sql, sql::Type type) {
  if (type.is(sql::TypeKind::Array)) return sql.array_of(type_of(sql, type.element()));
  if (type.is(sql::TypeKind::Decimal))
    return sql.type("decimal", {static_cast<int>(type.precision()), static_cast<int>(type.scale())});
  return sql.type(type.text());
}

}  // namespace

NodeId create_table(SqlBuilder& sql, const SqlBuilder::Texts& name, const Lowered& x, uint8_t flags, bool with_key,
                    const SqlBuilder::Ids& options) {
  SqlBuilder::Ids columns;
  for (const pipeline::Column& column : x.node.columns)
    columns.push_back(sql.table_column(column.name, type_of(sql, column.type), !column.nullable));
  if (with_key && !x.names.key.empty()) columns.push_back(primary_key(sql, x.names));
  return sql.create_table({.flags = flags, .name = sql.qname(name), .columns = columns, .options = options});
}

NodeId primary_key(SqlBuilder& sql, const ExportNames& names) {
  return sql.ddl("primary key ({})", sql.names({names.key.begin(), names.key.end()}));
}

NodeId index_columns(SqlBuilder& sql, const std::vector<pipeline::IndexColumn>& index) {
  SqlBuilder::Ids columns;
  for (const pipeline::IndexColumn& column : index) {
    const NodeId name = sql.name(column.column);
    columns.push_back(column.descending ? sql.ddl("{} desc nulls last", name) : name);
  }
  return sql.ddl("({})", sql.list(columns));
}

std::vector<std::pair<std::string, StepWriter::Build>> comments(const Lowered& x) {
  std::vector<std::pair<std::string, StepWriter::Build>> found;
  const SqlBuilder::Texts view = x.names.view();
  if (const std::string& text = x.e.head.description; !text.empty()) {
    found.emplace_back("comment", [view, text](SqlBuilder& sql) {
      return sql.ddl("comment on view {} is {}", sql.qname(view), sql.string(text));
    });
  }
  for (const pipeline::Column& column : x.node.columns) {
    if (column.description.empty()) continue;
    SqlBuilder::Texts path = view;
    path.push_back(column.name);
    found.emplace_back(fmt::format("comment.{}", column.name.text()), [path, &column](SqlBuilder& sql) {
      return sql.ddl("comment on column {} is {}", sql.qname(path), sql.string(column.description));
    });
  }
  return found;
}

}  // namespace pipec::backend::postgres
