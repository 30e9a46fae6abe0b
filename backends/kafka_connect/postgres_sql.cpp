#include "kafka_connect/script.h"
#include "kafka_connect/source_sql.h"

#include <fmt/format.h>

namespace pipec::backend::kafka_connect {
namespace {

using ast::NodeId;

class Script : ScriptBase {
 public:
  explicit Script(const Capture& capture) : ScriptBase(capture, print::kPostgres) {}

  std::string setup();
  std::string undo();
  std::string heartbeat();

 private:
  NodeId role() { return sql_.name(capture_.role); }
  NodeId publication() { return sql_.name(capture_.publication); }
  NodeId heartbeat_table() { return sql_.qname({kSchema, capture_.heartbeat_table}); }
  /// A table's quoted name as a string, for to_regclass and casts to regclass.
  NodeId table_text(const CapturedTable& captured) { return sql_.string(print(table(captured), false)); }
  NodeId published();

  void preflight();
  void heartbeat_ddl();
  void signals_ddl();
  void identity(const CapturedTable& table);
  void expect_immediate_keys();
  void publish();
  void expect_publication();
  void expect_slot();
  void grant();
  void drop_slot();
  void revoke(const CapturedTable& table);
  void revoke_schema(Symbol schema);

  void add_block(NodeId body) { add(sql_.ddl("do {}", sql_.dollar_body(body))); }
};

/// One a line: a table more is a line more in a review.
NodeId Script::published() {
  std::vector<NodeId> tables;
  for (const CapturedTable& captured : capture_.tables) tables.push_back(table(captured));
  tables.push_back(heartbeat_table());
  if (has_signals()) tables.push_back(signal_table());
  return listed(tables, true);
}

// Nothing is begun that cannot be finished: what a deployer has to do first is said in words.
void Script::preflight() {
  std::string database(capture_.source->database.text());
  add_block(sql_.ddl(R"(begin
  if current_database() <> {} then
    raise exception using message = {};
  end if;
  if current_setting('wal_level') <> 'logical' then
    raise exception using
      message = 'the server keeps no logical log: wal_level is not logical',
      hint = 'set wal_level = logical and restart the server';
  end if;
  if not exists (
    select
    from pg_catalog.pg_roles as r
    where r.rolname = {} and r.rolcanlogin and (
      r.rolreplication
      or r.rolsuper
      or exists (
        select
        from pg_catalog.pg_auth_members as m
        join pg_catalog.pg_roles as g on g.oid = m.roleid
        where m.member = r.oid and g.rolname = 'rds_replication'
      )
    )
  ) then
    raise exception using
      message = {},
      hint = 'create it first (CREATE ROLE ... LOGIN REPLICATION PASSWORD ...): login roles are not made here';
  end if;
end)",
                     sql_.string(database), sql_.string(fmt::format("this is not the database {}", database)),
                     sql_.string(capture_.role),
                     sql_.string(fmt::format("there is no role {} with LOGIN and REPLICATION", capture_.role))));
}

void Script::heartbeat_ddl() {
  add(sql_.ddl("create schema if not exists {}", sql_.name(kSchema)));
  add(sql_.create_table(
      {.flags = ast::kIfNotExists,
       .name = heartbeat_table(),
       .columns = {sql_.table_column("source", sql_.type("text"), true),
                   sql_.table_column("beat_at", sql_.type("timestamptz"), true), sql_.ddl("primary key (source)")}}));
}

// Who may insert a row here makes the connector read tables anew; while it does, it writes rows of its own.
void Script::signals_ddl() {
  add(sql_.create_table(
      {.flags = ast::kIfNotExists,
       .name = signal_table(),
       .columns = {sql_.table_column("id", sql_.type("text"), true), sql_.table_column("type", sql_.type("text"), true),
                   sql_.table_column("data", sql_.type("text")), sql_.ddl("primary key (id)")}}));
}

// The lock is short, but it waits for readers, and everybody else waits behind it: only where there is
// something to do.
void Script::identity(const CapturedTable& captured) {
  add_block(sql_.ddl(R"(begin
  if (select relreplident <> 'f' from pg_catalog.pg_class where oid = cast({} as regclass)) then
    alter table {} replica identity full;
  end if;
end)",
                     table_text(captured), table(captured)));
}

// By a key that is looked at late two rows can change places in one statement: the warehouse has to know what was there before.
void Script::expect_immediate_keys() {
  std::vector<NodeId> keys;
  for (const CapturedTable& captured : capture_.tables) {
    if (captured.late_keys) continue;
    NodeId table = sql_.ddl("cast({} as regclass)", table_text(captured));
    std::vector<NodeId> names;
    for (Symbol column : captured.cdc->key) names.push_back(sql_.string(column));
    keys.push_back(sql_.ddl("({}, array[{}])", table, listed(names, false)));
  }
  if (keys.empty()) return;
  add_block(sql_.ddl(R"(declare
  found text;
begin
  select format('the key of %s.%s is deferrable: %s', n.nspname, t.relname, c.conname)
  into found
  from pg_catalog.pg_constraint as c
  join pg_catalog.pg_class as t on t.oid = c.conrelid
  join pg_catalog.pg_namespace as n on n.oid = t.relnamespace
  join (
    values
  {}
  ) as captured (of_table, of_columns) on captured.of_table = t.oid
  where c.contype in ('p', 'u')
    and c.condeferrable
    and captured.of_columns @> array(
      select cast(a.attname as text)
      from pg_catalog.pg_attribute as a
      where a.attrelid = t.oid and a.attnum = any (c.conkey)
    )
  order by 1
  limit 1;
  if found is not null then
    raise exception using
      message = found,
      hint = 'declare a history in its cdc, which tells what was at a key before, or make the key anew, not deferrable';
  end if;
end)",
                     listed(keys, true)));
}

// Somebody else's: what it publishes is looked at, and only our own table is added.
void Script::expect_publication() {
  auto is_missing = [&](NodeId table_name) {
    return sql_.ddl(R"(not exists (
    select
    from pg_catalog.pg_publication_tables as t
    where t.pubname = {} and to_regclass(format('%I.%I', t.schemaname, t.tablename)) = to_regclass({})
  ))",
                    sql_.string(capture_.publication), table_name);
  };
  for (const CapturedTable& captured : capture_.tables) {
    std::string message = fmt::format("the publication {} does not publish {}.{}", capture_.publication,
                                      captured.table->schema.text(), captured.table->name.text());
    add_block(sql_.ddl(R"(begin
  if {} then
    raise exception using message = {}, hint = 'alter publication ... add table ..., by its owner';
  end if;
end)",
                       is_missing(table_text(captured)), sql_.string(message)));
  }
  auto add_own = [&](auto&& own) {
    add_block(sql_.ddl(R"(begin
  if {} then
    alter publication {} add table {};
  end if;
end)",
                       is_missing(sql_.string(print(own(), false))), publication(), own()));
  };
  add_own([&] { return heartbeat_table(); });
  if (has_signals()) add_own([&] { return signal_table(); });
}

void Script::expect_slot() {
  add_block(sql_.ddl(R"(begin
  if not exists (
    select
    from pg_catalog.pg_replication_slots as s
    where s.slot_name = {} and s.plugin = 'pgoutput' and s.database = current_database()
  ) then
    raise exception using message = {}, hint = 'create it, or leave the name out: then the connector makes its own';
  end if;
end)",
                     sql_.string(capture_.slot),
                     sql_.string(fmt::format("this database has no slot {} of pgoutput", capture_.slot))));
}

void Script::publish() {
  if (!capture_.own_publication) return expect_publication();
  add_block(sql_.ddl(R"(begin
  if not exists (select from pg_catalog.pg_publication where pubname = {}) then
    create publication {} with (publish_via_partition_root = true);
  end if;
end)",
                     sql_.string(capture_.publication), publication()));
  add(sql_.ddl("alter publication {} set table\n  {}", publication(), published()));
}

void Script::grant() {
  for (Symbol schema : schemas()) add(sql_.ddl("grant usage on schema {} to {}", sql_.name(schema), role()));
  for (const CapturedTable& captured : capture_.tables) {
    add(sql_.ddl("grant select on table {} to {}", table(captured), role()));
  }
  add(sql_.ddl("grant usage on schema {} to {}", sql_.name(kSchema), role()));
  add(sql_.ddl("grant select, insert, update on table {} to {}", heartbeat_table(), role()));
  if (has_signals()) add(sql_.ddl("grant insert on table {} to {}", signal_table(), role()));
}

std::string Script::setup() {
  open("Run by the owner of the captured tables in the source's database, before the connector is deployed.");
  preflight();
  add(sql_.ddl("set lock_timeout = '5s'"));
  heartbeat_ddl();
  if (has_signals()) signals_ddl();
  for (const CapturedTable& table : capture_.tables) {
    if (table.full_identity) identity(table);
  }
  expect_immediate_keys();
  publish();
  if (!capture_.own_slot) expect_slot();
  grant();
  return std::move(out_);
}

void Script::drop_slot() {
  add_block(sql_.ddl(R"(begin
  if exists (select from pg_catalog.pg_replication_slots where slot_name = {} and active) then
    raise exception using message = {}, hint = 'delete the connector first';
  end if;
  perform pg_drop_replication_slot(slot_name)
  from pg_catalog.pg_replication_slots
  where slot_name = {};
end)",
                     sql_.string(capture_.slot),
                     sql_.string(fmt::format("the replication slot {} is in use", capture_.slot)),
                     sql_.string(capture_.slot)));
}

void Script::revoke(const CapturedTable& captured) {
  add_block(sql_.ddl(R"(begin
  if to_regclass({}) is not null and to_regrole({}) is not null then
    revoke select on table {} from {};
  end if;
end)",
                     table_text(captured), sql_.string(print(role(), false)), table(captured), role()));
}

void Script::revoke_schema(Symbol schema) {
  add_block(sql_.ddl(R"(begin
  if to_regnamespace({}) is not null and to_regrole({}) is not null then
    revoke usage on schema {} from {};
  end if;
end)",
                     sql_.string(print(sql_.name(schema), false)), sql_.string(print(role(), false)), sql_.name(schema),
                     role()));
}

std::string Script::undo() {
  open(
      "Run by the owner of the captured tables, with the right to drop the slot, after the connector is "
      "deleted.");
  if (capture_.own_slot) drop_slot();
  if (capture_.own_publication) add(sql_.ddl("drop publication if exists {}", publication()));
  for (const CapturedTable& table : capture_.tables) revoke(table);
  for (Symbol schema : schemas()) revoke_schema(schema);
  add(sql_.ddl("drop table if exists {}", heartbeat_table()));
  if (has_signals()) add(sql_.ddl("drop table if exists {}", signal_table()));
  // Another source of this database may still have its heartbeat there.
  add_block(sql_.ddl(R"(begin
  drop schema if exists {} restrict;
exception
  when dependent_objects_still_exist then null;
end)",
                     sql_.name(kSchema)));
  return std::move(out_);
}

std::string Script::heartbeat() {
  return print(sql_.ddl("insert into {} (source, beat_at) values ({}, now()) on conflict (source) do update set "
                        "beat_at = excluded.beat_at",
                        heartbeat_table(), sql_.string(capture_.source->head.name)),
               false);
}

}  // namespace

SourceScripts postgres_scripts(const Capture& capture) {
  return {{"", Script(capture).setup()}, {"undo", Script(capture).undo()}};
}
std::string heartbeat_query(const Capture& capture) {
  return Script(capture).heartbeat();
}

}  // namespace pipec::backend::kafka_connect
