#include "postgres/table.h"

#include <fmt/format.h>

#include "pipeline/table_changes.h"

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

NodeId stored_type(SqlBuilder& sql, const pipeline::Export& e, const pipeline::Column& column) {
  const pipeline::ExportVector* vector = vector_of(e, column.name);
  return vector ? sql.ddl("public.vector({})", sql.integer(vector->dimensions)) : type_of(sql, column.type);
}

}  // namespace

const pipeline::ExportVector* vector_of(const pipeline::Export& e, Symbol column) {
  for (const pipeline::ExportVector& vector : e.vectors) {
    if (vector.column == column) return &vector;
  }
  return nullptr;
}

NodeId create_table(SqlBuilder& sql, const SqlBuilder::Texts& name, const Lowered& x, uint8_t flags, bool with_key,
                    const SqlBuilder::Ids& options) {
  SqlBuilder::Ids columns;
  for (const pipeline::Column& column : x.node.columns)
    columns.push_back(sql.table_column(column.name, stored_type(sql, x.e, column), !column.nullable));
  if (with_key && !x.names.key.empty()) columns.push_back(primary_key(sql, x.names));
  return sql.create_table({.flags = flags, .name = sql.qname(name), .columns = columns, .options = options});
}

NodeId primary_key(SqlBuilder& sql, const ExportNames& names) {
  return sql.ddl("primary key ({})", sql.names({names.key.begin(), names.key.end()}));
}

NodeId index_columns(SqlBuilder& sql, const pipeline::Export& e, const std::vector<pipeline::IndexColumn>& index) {
  if (const pipeline::ExportVector* vector = vector_of(e, index.front().column)) {
    // https://github.com/pgvector/pgvector#hnsw; by its schema, since the functions of a swap look nowhere else.
    const std::string_view distance = vector->distance.text();
    const NodeId column = sql.name(vector->column);
    if (distance == "euclidean") return sql.ddl("using hnsw ({} public.vector_l2_ops)", column);
    if (distance == "product") return sql.ddl("using hnsw ({} public.vector_ip_ops)", column);
    return sql.ddl("using hnsw ({} public.vector_cosine_ops)", column);
  }
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

std::vector<std::pair<std::string, StepWriter::Build>> version_views(const Lowered& x) {
  std::vector<std::pair<std::string, StepWriter::Build>> found;
  for (const pipeline::ExportVersion& version : x.e.versions) {
    const SqlBuilder::Texts view = x.names.view_of(version);
    const std::string id = fmt::format("version_{}", version.number);
    found.emplace_back(id, [&x, &version, view](SqlBuilder& sql) {
      return sql.create_view({.flags = ast::kOrReplace,
                              .name = sql.qname(view),
                              .query = pipeline::all_rows(sql, x.names.view(), version.columns)});
    });
    found.emplace_back(id + ".owner", [&x, view](SqlBuilder& sql) {
      return sql.ddl("alter view {} owner to {}", sql.qname(view), sql.name(x.names.schema.owner));
    });
    for (Symbol role : x.e.grant_select_to) {
      found.emplace_back(fmt::format("{}.grant.{}", id, role.text()), [view, role](SqlBuilder& sql) {
        return sql.ddl("grant select on {} to {}", sql.qname(view), sql.name(role));
      });
    }
  }
  return found;
}

}  // namespace pipec::backend::postgres
