#include <fmt/format.h>

#include "pipeline/table_changes.h"
#include "postgres/lower.h"

namespace pipec::backend::postgres {

using ast::NodeId;
using ast::SqlBuilder;
using pipeline::Phase;
using pipeline::StepKind;

namespace {

/// The type by its Databricks name: the printer's PostgreSQL says the same as platform::serving_type.
NodeId type_of(SqlBuilder& sql, sql::Type type) {
  if (type.is(sql::TypeKind::Array)) return sql.array_of(type_of(sql, type.element()));
  if (type.is(sql::TypeKind::Decimal))
    return sql.type("decimal", {static_cast<int>(type.precision()), static_cast<int>(type.scale())});
  return sql.type(type.text());
}

NodeId create_table(SqlBuilder& sql, const ExportNames& names, const pipeline::Node& node) {
  SqlBuilder::Ids columns;
  for (const pipeline::Column& column : node.columns)
    columns.push_back(sql.table_column(column.name, type_of(sql, column.type), !column.nullable));
  columns.push_back(sql.ddl("primary key ({})", sql.names({names.key.begin(), names.key.end()})));
  // Room in each page lets an updated row stay where it is, without touching the indexes.
  return sql.create_table({.flags = ast::kIfNotExists,
                           .name = sql.qname(names.table()),
                           .columns = columns,
                           .options = {sql.ddl("with (fillfactor = 85)")}});
}

/// Roles that may read are made by people, most of them log in: a missing one stops here, before anything is
/// granted.
NodeId preflight(SqlBuilder& sql, Symbol role) {
  return sql.ddl("do {}",
                 sql.dollar_body(sql.ddl("begin\n"
                                         "  if not exists (select 1 from pg_catalog.pg_roles where rolname = {}) then\n"
                                         "    raise exception using message = {};\n"
                                         "  end if;\n"
                                         "end",
                                         sql.string(role),
                                         sql.string(fmt::format("the role {} does not exist: create it first, "
                                                                "pipec creates no role that may log in",
                                                                role.text())))));
}

NodeId create_index(SqlBuilder& sql, const ExportNames& names, const std::vector<pipeline::IndexColumn>& index) {
  SqlBuilder::Ids columns;
  for (const pipeline::IndexColumn& column : index) {
    const NodeId name = sql.name(column.column);
    columns.push_back(column.descending ? sql.ddl("{} desc nulls last", name) : name);
  }
  return sql.ddl("create index if not exists {} on {} ({})", sql.name(index_name(names, index)),
                 sql.qname(names.table()), sql.list(columns));
}

/// A new row, or one of another contract: in both cases the next run loads all rows.
NodeId register_target(SqlBuilder& sql, const ExportNames& names) {
  const NodeId row = sql.values({{sql.string(names.target), sql.string(names.contract_hash), sql.integer(-1)}});
  return sql.insert(
      {.mode = ast::InsertMode::OnConflictUpdate,
       .table = sql.table({kMetaSchema, kWatermark}, "w"),
       .columns = {"target", "contract_hash", "last_version"},
       .query = row,
       .conflict_key = {"target"},
       .assignments = {sql.assign("contract_hash", sql.column("excluded", "contract_hash")),
                       sql.assign("last_version", sql.integer(-1))},
       .update_where = sql.differs(sql.column("w", "contract_hash"), sql.column("excluded", "contract_hash"))});
}

}  // namespace

void lower_export_migration(StepWriter& steps, const ExportNames& names, const pipeline::Export& e,
                            const pipeline::Node& node) {
  auto migrate = [&](std::string id, const StepWriter::Build& build) {
    steps.serving(Phase::Migrate, StepKind::Execute, "migrate." + std::move(id), build);
  };
  for (Symbol role : e.grant_select_to)
    migrate(fmt::format("reader.{}", role.text()), [&](SqlBuilder& sql) { return preflight(sql, role); });
  migrate("table", [&](SqlBuilder& sql) { return create_table(sql, names, node); });
  migrate("table_owner", [&](SqlBuilder& sql) {
    return sql.ddl("alter table {} owner to {}", sql.qname(names.table()), sql.name(names.schema.owner));
  });
  for (const auto& index : e.indexes)
    migrate(fmt::format("index.{}", index_name(names, index)),
            [&](SqlBuilder& sql) { return create_index(sql, names, index); });
  migrate("view", [&](SqlBuilder& sql) {
    return sql.create_view({.flags = ast::kOrReplace,
                            .name = sql.qname(names.view()),
                            .query = pipeline::all_rows(sql, names.table(), names.columns)});
  });
  migrate("view_owner", [&](SqlBuilder& sql) {
    return sql.ddl("alter view {} owner to {}", sql.qname(names.view()), sql.name(names.schema.owner));
  });
  if (!e.head.description.empty()) {
    migrate("comment", [&](SqlBuilder& sql) {
      return sql.ddl("comment on view {} is {}", sql.qname(names.view()), sql.string(e.head.description));
    });
  }
  for (const pipeline::Column& column : node.columns) {
    if (column.description.empty()) continue;
    migrate(fmt::format("comment.{}", column.name.text()), [&](SqlBuilder& sql) {
      SqlBuilder::Texts path = names.view();
      path.push_back(column.name);
      return sql.ddl("comment on column {} is {}", sql.qname(path), sql.string(column.description));
    });
  }
  migrate("grant_writer", [&](SqlBuilder& sql) {
    return sql.ddl("grant select, insert, update, delete on {} to {}", sql.qname(names.table()),
                   sql.name(names.schema.writer));
  });
  for (Symbol role : e.grant_select_to) {
    migrate(fmt::format("grant_schema.{}", role.text()), [&](SqlBuilder& sql) {
      return sql.ddl("grant usage on schema {} to {}", sql.name(names.schema.contract), sql.name(role));
    });
    migrate(fmt::format("grant_view.{}", role.text()), [&](SqlBuilder& sql) {
      return sql.ddl("grant select on {} to {}", sql.qname(names.view()), sql.name(role));
    });
  }
  migrate("register", [&](SqlBuilder& sql) { return register_target(sql, names); });
}

}  // namespace pipec::backend::postgres
