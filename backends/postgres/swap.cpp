#include "postgres/swap.h"

#include <fmt/format.h>

#include "pipeline/table_changes.h"
#include "postgres/table.h"

namespace pipec::backend::postgres {

using ast::NodeId;
using ast::SqlBuilder;
using pipeline::Phase;
using pipeline::StepKind;

namespace {

/// Adds the function and takes it from everybody but the owner, whose rights it has, and the writer.
void function(StepWriter& steps, std::string_view id, const SqlBuilder::Texts& name, const SchemaNames& schema,
              const StepWriter::Build& body) {
  auto migrate = [&](std::string part, const StepWriter::Build& build) {
    steps.serving(Phase::Migrate, StepKind::Execute, fmt::format("migrate.{}{}", id, part), build);
  };
  // Who waits for a lock lets everybody behind him wait: 100 ms, then he steps back.
  migrate("", [&](SqlBuilder& sql) {
    return sql.ddl(
        "create or replace function {}() returns void language plpgsql security definer\n"
        "set search_path = pg_catalog, pg_temp set lock_timeout = '100ms' as {}",
        sql.qname(name), sql.dollar_body(body(sql)));
  });
  migrate(".owner", [&](SqlBuilder& sql) {
    return sql.ddl("alter function {}() owner to {}", sql.qname(name), sql.name(schema.owner));
  });
  migrate(".revoke",
          [&](SqlBuilder& sql) { return sql.ddl("revoke all on function {}() from public", sql.qname(name)); });
  migrate(".grant", [&](SqlBuilder& sql) {
    return sql.ddl("grant execute on function {}() to {}", sql.qname(name), sql.name(schema.writer));
  });
}

class SwapFunctions {
 public:
  SwapFunctions(StepWriter& steps, const Lowered& x) : steps_(steps), x_(x), names_(x.names), swap_(names_) {}

  void run() {
    migrate("swap.schema", [&](SqlBuilder& sql) {
      return sql.ddl("create schema if not exists {} authorization {}", sql.name(swap_.schema), owner(sql));
    });
    migrate("swap.usage", [&](SqlBuilder& sql) {
      return sql.ddl("grant usage on schema {} to {}", sql.name(swap_.schema), writer(sql));
    });
    migrate("swap.generations", [&](SqlBuilder& sql) {
      return sql.create_table({.flags = ast::kIfNotExists,
                               .name = generations(sql),
                               .columns = {sql.table_column("target", sql.type("text"), true),
                                           sql.table_column("generation", sql.type("bigint"), true),
                                           sql.table_column("rows", sql.type("bigint"), true),
                                           sql.table_column("published_at", sql.type("timestamptz")),
                                           sql.ddl("primary key (target, generation)")}});
    });
    migrate("swap.generations_owner",
            [&](SqlBuilder& sql) { return sql.ddl("alter table {} owner to {}", generations(sql), owner(sql)); });
    function("begin", swap_.begin, [&](SqlBuilder& sql) { return begin(sql); });
    function("build", swap_.build, [&](SqlBuilder& sql) { return build(sql); });
    function("switch", swap_.switch_, [&](SqlBuilder& sql) { return switch_to_next(sql); });
    lower_publish_function(steps_, "publish", swap_.publish, names_.schema, {&x_});
    function("drop_old", swap_.drop_old, [&](SqlBuilder& sql) { return drop_old(sql); });
    migrate("start", [&](SqlBuilder& sql) { return start(sql); });
  }

 private:
  /// The table that is loaded. The key and the indexes come when the rows are there: that is several times faster.
  NodeId begin(SqlBuilder& sql) {
    return sql.ddl(
        "begin\n"
        "  drop table if exists {};\n"
        "  {};\n"
        "  grant insert on {} to {};\n"
        "end",
        next(sql), create_table(sql, {swap_.schema, swap_.next}, x_, 0, false), next(sql), writer(sql));
  }

  NodeId build(SqlBuilder& sql) {
    const NodeId limit = sql.integer(names_.swap_percent);
    const std::string hint =
        fmt::format("if that is right, set rows to 0 where target is {} in {}.{}, and run it again", names_.target,
                    names_.schema.swap, kGenerations);
    return sql.ddl(
        "declare\n"
        "  came bigint;\n"
        "  published bigint;\n"
        "begin\n"
        "  select count(*) into came from {};\n"
        "  select g.rows into published from {} as g where g.target = {} and g.published_at is not null\n"
        "  order by g.generation desc limit 1;\n"
        "  if came < published * {} / 100.0 then\n"
        "    raise exception using errcode = 'cardinality_violation', hint = {},\n"
        "      message = format('%s: %s rows came, %s are published: fewer than %s percent of them are not taken',\n"
        "        {}::text, came, published, {});\n"
        "  end if;\n"
        "  insert into {} (target, generation, rows)\n"
        "  select {}, coalesce(max(g.generation), 0) + 1, came from {} as g where g.target = {};\n"
        "{}"
        "  analyze {};\n"
        "end",
        next(sql), generations(sql), target(sql), limit, sql.string(hint), target(sql), limit, generations(sql),
        target(sql), generations(sql), target(sql), indexes(sql), next(sql));
  }

  /// The key first, since it tells most; names that are free are PostgreSQL's affair.
  NodeId indexes(SqlBuilder& sql) {
    NodeId all = sql.ddl("");
    if (!names_.key.empty()) all = sql.ddl("  alter table {} add {};\n", next(sql), primary_key(sql, names_));
    for (const auto& index : x_.e.indexes)
      all = sql.ddl("{}  create index on {} {};\n", all, next(sql), index_columns(sql, x_.e, index));
    return all;
  }

  /// One attempt, in a hurry: from its first statement to the end of the transaction no reader gets in.
  NodeId switch_to_next(SqlBuilder& sql) {
    auto view = [&] { return sql.qname(names_.view()); };
    auto rows = [&] { return pipeline::all_rows(sql, {swap_.schema, swap_.next}, names_.columns); };
    NodeId told = sql.ddl("");
    for (Symbol role : x_.e.grant_select_to)
      told = sql.ddl("{}  grant select on {} to {};\n", told, view(), sql.name(role));
    for (const auto& [id, comment] : comments(x_)) told = sql.ddl("{}  {};\n", told, comment(sql));
    NodeId dropped = sql.ddl(""), made = sql.ddl("");
    for (const pipeline::ExportVersion& version : x_.e.versions) {
      dropped = sql.ddl("{}    drop view if exists {};\n", dropped, sql.qname(names_.view_of(version)));
    }
    for (const auto& [id, statement] : version_views(x_)) made = sql.ddl("{}    {};\n", made, statement(sql));
    return sql.ddl(
        "declare\n"
        "  newest bigint;\n"
        "begin\n"
        "  -- of several exports not all have something new\n"
        "  if to_regclass(format('%I.%I', {}::text, {}::text)) is null then\n"
        "    return;\n"
        "  end if;\n"
        "  revoke insert on {} from {};\n"
        "  begin\n"
        "    create or replace view {} as\n{};\n"
        "  exception when invalid_table_definition then\n"
        "    -- columns that the view has no more, or of another type\n"
        "{}"
        "    drop view {};\n"
        "    create view {} as\n{};\n"
        "{}"
        "  end;\n"
        "{}"
        "  update {} as g set published_at = clock_timestamp() where g.target = {} and g.generation =\n"
        "    (select max(o.generation) from {} as o where o.target = {})\n"
        "  returning g.generation into strict newest;\n"
        "  execute format('alter table %I.%I rename to %I', {}::text, {}::text, {} || newest);\n"
        "end",
        sql.string(swap_.schema), sql.string(swap_.next), next(sql), writer(sql), view(), rows(), dropped, view(),
        view(), rows(), made, told, generations(sql), target(sql), generations(sql), target(sql),
        sql.string(swap_.schema), sql.string(swap_.next), sql.string(swap_.generation));
  }

  /// The generation before the published one stays: an administrator may put the view back. A table that somebody still
  /// reads, or has built a view on, is tried again behind the next load.
  NodeId drop_old(SqlBuilder& sql) {
    return sql.ddl(
        "declare\n"
        "  old bigint;\n"
        "begin\n"
        "  for old in select g.generation from {} as g where g.target = {} and g.generation <\n"
        "    (select max(o.generation) - 1 from {} as o where o.target = {} and o.published_at is not null)\n"
        "  loop\n"
        "    begin\n"
        "      execute format('drop table if exists %I.%I', {}::text, {} || old);\n"
        "      delete from {} as g where g.target = {} and g.generation = old;\n"
        "    exception when lock_not_available or dependent_objects_still_exist then\n"
        "      null;\n"
        "    end;\n"
        "  end loop;\n"
        "end",
        generations(sql), target(sql), generations(sql), target(sql), sql.string(swap_.schema),
        sql.string(swap_.generation), generations(sql), target(sql));
  }

  /// So that the view is there before the first load. A view that is there already keeps its rows until then.
  NodeId start(SqlBuilder& sql) {
    auto call = [&](const std::string& name) { return sql.qname({swap_.schema, name}); };
    return sql.ddl(
        "do {}", sql.dollar_body(sql.ddl("begin\n"
                                         "  if to_regclass(format('%I.%I', {}::text, {}::text)) is null then\n"
                                         "    perform {}();\n"
                                         "    perform {}();\n"
                                         "    perform {}();\n"
                                         "  end if;\n"
                                         "end",
                                         sql.string(names_.schema.contract), sql.string(names_.name), call(swap_.begin),
                                         call(swap_.build), call(swap_.publish))));
  }

  NodeId next(SqlBuilder& sql) { return sql.qname({swap_.schema, swap_.next}); }
  NodeId generations(SqlBuilder& sql) { return sql.qname({swap_.schema, kGenerations}); }
  NodeId target(SqlBuilder& sql) { return sql.string(names_.target); }
  NodeId owner(SqlBuilder& sql) { return sql.name(names_.schema.owner); }
  NodeId writer(SqlBuilder& sql) { return sql.name(names_.schema.writer); }

  void function(std::string_view id, const std::string& name, const StepWriter::Build& body) {
    postgres::function(steps_, id, {swap_.schema, name}, names_.schema, body);
  }
  void migrate(std::string id, const StepWriter::Build& build) {
    steps_.serving(Phase::Migrate, StepKind::Execute, "migrate." + std::move(id), build);
  }

  StepWriter& steps_;
  const Lowered& x_;
  const ExportNames& names_;
  const SwapNames swap_;
};

}  // namespace

void lower_publish_function(StepWriter& steps, std::string_view id, const std::string& name, const SchemaNames& schema,
                            const std::vector<const Lowered*>& swapped) {
  function(steps, id, {schema.swap, name}, schema, [&](SqlBuilder& sql) {
    NodeId all = sql.ddl("");
    for (const Lowered* x : swapped)
      all = sql.ddl("{}      perform {}();\n", all, sql.qname({schema.swap, SwapNames(x->names).switch_}));
    // Between two attempts readers go on; after the last the old generation stays.
    return sql.ddl(
        "begin\n"
        "  for attempt in 1 .. 400 loop\n"
        "    begin\n"
        "{}"
        "      return;\n"
        "    exception when lock_not_available or deadlock_detected then\n"
        "      perform pg_sleep(0.05 * (1 + attempt % 5));\n"
        "    end;\n"
        "  end loop;\n"
        "  raise exception using errcode = 'lock_not_available',\n"
        "    message = {};\n"
        "end",
        all,
        sql.string(fmt::format("{}: in 400 attempts readers never left its view for 100 ms: the rows of before stay",
                               name.substr(0, name.rfind("__")))));
  });
}

void lower_swap_migration(StepWriter& steps, const Lowered& x) {
  SwapFunctions(steps, x).run();
}

}  // namespace pipec::backend::postgres
