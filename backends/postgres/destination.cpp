#include <fmt/format.h>

#include "postgres/lower.h"

namespace pipec::backend::postgres {

using ast::NodeId;
using ast::SqlBuilder;
using pipeline::Phase;
using pipeline::StepKind;

void lower_destination(StepWriter& steps, const pipeline::Destination& destination) {
  const SchemaNames names(destination);
  auto migrate = [&](std::string_view id, const StepWriter::Build& build) {
    steps.serving(Phase::Migrate, StepKind::Execute, fmt::format("{}.{}", destination.head.name.text(), id), build);
  };
  // CREATE ROLE has no IF NOT EXISTS. Both log in nowhere: logins are made by people, and are members of the
  // writer.
  auto role = [&](std::string_view id, const std::string& name) {
    migrate(id, [&](SqlBuilder& sql) {
      return sql.ddl("do {}", sql.dollar_body(sql.ddl(
                                  "begin\n"
                                  "  if not exists (select 1 from pg_catalog.pg_roles where rolname = {}) then\n"
                                  "    create role {} nologin;\n"
                                  "  end if;\n"
                                  "end",
                                  sql.string(name), sql.name(name))));
    });
  };
  auto schema = [&](std::string_view id, const std::string& name) {
    migrate(id, [&](SqlBuilder& sql) {
      return sql.ddl("create schema if not exists {} authorization {}", sql.name(name), sql.name(names.owner));
    });
  };
  role("owner", names.owner);
  role("writer", names.writer);
  schema("contract", names.contract);
  schema("data", names.data);
  // Shared by all destinations in one database: it belongs to whoever migrates.
  migrate("meta", [&](SqlBuilder& sql) { return sql.ddl("create schema if not exists {}", sql.name(kMetaSchema)); });
  migrate("watermark", [&](SqlBuilder& sql) {
    const NodeId text = sql.type("text");
    return sql.create_table({.flags = ast::kIfNotExists,
                             .name = sql.qname({kMetaSchema, kWatermark}),
                             .columns = {sql.ddl("{} {} primary key", sql.name("target"), text),
                                         sql.table_column("contract_hash", sql.type("text"), true),
                                         sql.table_column("last_version", sql.type("bigint"), true),
                                         sql.table_column("loaded_at", sql.type("timestamptz"))}});
  });
  migrate("grant_schemas", [&](SqlBuilder& sql) {
    return sql.ddl("grant usage on schema {}, {} to {}", sql.name(names.data), sql.name(kMetaSchema),
                   sql.name(names.writer));
  });
  migrate("grant_watermark", [&](SqlBuilder& sql) {
    return sql.ddl("grant select, update (last_version, loaded_at) on {} to {}", sql.qname({kMetaSchema, kWatermark}),
                   sql.name(names.writer));
  });
}

}  // namespace pipec::backend::postgres
