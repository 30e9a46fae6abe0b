#include <fmt/format.h>

#include "pipeline/table_changes.h"
#include "postgres/alter.h"
#include "postgres/swap.h"
#include "postgres/table.h"

namespace pipec::backend::postgres {

using ast::NodeId;
using ast::SqlBuilder;
using pipeline::Phase;
using pipeline::StepKind;

namespace {

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

/// Who may make an extension is no owner of tables.
NodeId vector_preflight(SqlBuilder& sql) {
  const char* message =
      "this database has no type public.vector: a superuser has to run CREATE EXTENSION vector SCHEMA public first";
  return sql.ddl("do {}", sql.dollar_body(sql.ddl("begin\n"
                                                  "  if to_regtype('public.vector') is null then\n"
                                                  "    raise exception using message = {};\n"
                                                  "  end if;\n"
                                                  "end",
                                                  sql.string(message))));
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

class Migration {
 public:
  Migration(StepWriter& steps, const Lowered& x) : steps_(steps), x_(x), names_(x.names) {}

  void run() {
    for (Symbol role : x_.e.grant_select_to)
      add(fmt::format("reader.{}", role.text()), [&](SqlBuilder& sql) { return preflight(sql, role); });
    if (!x_.e.vectors.empty()) add("extension", [&](SqlBuilder& sql) { return vector_preflight(sql); });
    const bool swap = x_.e.mode == pipeline::ExportMode::Swap;
    if (!swap) table();
    for (Symbol role : x_.e.grant_select_to) {
      add(fmt::format("grant_schema.{}", role.text()), [&](SqlBuilder& sql) {
        return sql.ddl("grant usage on schema {} to {}", sql.name(names_.schema.contract), sql.name(role));
      });
    }
    if (swap) {
      lower_swap_migration(steps_, x_);
    } else {
      for (Symbol role : x_.e.grant_select_to) {
        add(fmt::format("grant_view.{}", role.text()), [&](SqlBuilder& sql) {
          return sql.ddl("grant select on {} to {}", sql.qname(names_.view()), sql.name(role));
        });
      }
    }
    for (const pipeline::ExportVersion& version : x_.e.versions) version_schema(version);
    for (const auto& [id, build] : version_views(x_)) add(id, build);
    add("register", [&](SqlBuilder& sql) { return register_target(sql, names_); });
  }

 private:
  /// One table for good, whose rows are changed in their places; so is the table itself.
  void table() {
    add("lock", [&](SqlBuilder& sql) { return lock_views(sql, x_); });
    // Room in each page lets an updated row stay where it is, without touching the indexes.
    add("table", [&](SqlBuilder& sql) {
      return create_table(sql, names_.table(), x_, ast::kIfNotExists, true, {sql.ddl("with (fillfactor = 85)")});
    });
    add("table_owner", [&](SqlBuilder& sql) {
      return sql.ddl("alter table {} owner to {}", sql.qname(names_.table()), sql.name(names_.schema.owner));
    });
    add("alter", [&](SqlBuilder& sql) { return alter_table(sql, x_); });
    for (const auto& index : x_.e.indexes) {
      const std::string name = index_name(names_, index);
      add(fmt::format("index.{}", name), [&](SqlBuilder& sql) {
        return sql.ddl("create index if not exists {} on {} {}", sql.name(name), sql.qname(names_.table()),
                       index_columns(sql, x_.e, index));
      });
    }
    add("view", [&](SqlBuilder& sql) {
      return sql.create_view({.flags = ast::kOrReplace,
                              .name = sql.qname(names_.view()),
                              .query = pipeline::all_rows(sql, names_.table(), names_.columns)});
    });
    add("view_owner", [&](SqlBuilder& sql) {
      return sql.ddl("alter view {} owner to {}", sql.qname(names_.view()), sql.name(names_.schema.owner));
    });
    for (const auto& [id, build] : comments(x_)) add(id, build);
    add("grant_writer", [&](SqlBuilder& sql) {
      return sql.ddl("grant select, insert, update, delete on {} to {}", sql.qname(names_.table()),
                     sql.name(names_.schema.writer));
    });
  }

  /// Of all exports that have such a version.
  void version_schema(const pipeline::ExportVersion& version) {
    const std::string name = names_.schema.of_version(version.number);
    add(fmt::format("version_{}.schema", version.number), [&](SqlBuilder& sql) {
      return sql.ddl("create schema if not exists {} authorization {}", sql.name(name), sql.name(names_.schema.owner));
    });
    for (Symbol role : x_.e.grant_select_to) {
      add(fmt::format("version_{}.grant_schema.{}", version.number, role.text()),
          [&](SqlBuilder& sql) { return sql.ddl("grant usage on schema {} to {}", sql.name(name), sql.name(role)); });
    }
  }

  void add(std::string id, const StepWriter::Build& build) {
    steps_.serving(Phase::Migrate, StepKind::Execute, "migrate." + std::move(id), build);
  }

  StepWriter& steps_;
  const Lowered& x_;
  const ExportNames& names_;
};

}  // namespace

void lower_export_migration(StepWriter& steps, const Lowered& x) {
  Migration(steps, x).run();
}

}  // namespace pipec::backend::postgres
