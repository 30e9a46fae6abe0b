#include <catch2/catch.hpp>

#include "ast/build.h"
#include "print_test.h"

using namespace pipec;
using namespace pipec::ast;
using namespace pipec::print;

TEST_CASE("a merge of a batch's last change of each key") {
  Tree tree;
  SqlBuilder sql(tree);
  NodeId newer = sql.or_all({sql.gt(sql.column("s", "_seq"), sql.column("t", "_seq")),
                             sql.and_all({sql.eq(sql.column("s", "_seq"), sql.column("t", "_seq")),
                                          sql.gt(sql.column("s", "_ord"), sql.column("t", "_ord"))})});
  NodeId last = sql.over(sql.call("row_number", {}), {sql.column("k")},
                         {sql.desc(sql.column("_seq")), sql.desc(sql.column("_ord"))});
  NodeId source = sql.select({.items = {sql.column("k"), sql.column("order"), sql.column("_seq"), sql.column("_ord")},
                              .from = {sql.table({"main", "bronze", "players_log"})},
                              .where = sql.and_all({sql.gt(sql.column("_ingest"), sql.param("lo")),
                                                    sql.lt_eq(sql.column("_ingest"), sql.param("hi"))}),
                              .qualify = sql.eq(last, sql.integer(1))});
  std::vector<NodeId> all;
  for (std::string_view name : {"k", "order", "_seq", "_ord"}) all.push_back(sql.assign(name, sql.column("s", name)));
  NodeId merge = sql.merge({.target = sql.table({"main", "bronze", "players"}, "t"),
                            .source = sql.query_ref(source, "s"),
                            .on = sql.eq(sql.column("t", "k"), sql.column("s", "k")),
                            .clauses = {sql.when(MergeClauseKind::MatchedUpdate, newer, all),
                                        sql.when(MergeClauseKind::NotMatchedInsert, {}, all)}});
  CHECK(databricks(tree, merge) ==
        R"(merge into main.bronze.players as t
using (
  select k, `order`, _seq, _ord
  from main.bronze.players_log
  where _ingest > :lo and _ingest <= :hi
  qualify row_number() over (partition by k order by _seq desc, _ord desc) = 1
) as s
on t.k = s.k
when matched and (s._seq > t._seq or (s._seq = t._seq and s._ord > t._ord)) then update set
  k = s.k,
  `order` = s.`order`,
  _seq = s._seq,
  _ord = s._ord
when not matched then insert (k, `order`, _seq, _ord) values (s.k, s.`order`, s._seq, s._ord))");
}

namespace {

struct Built {
  Tree tree;
  SqlBuilder sql{tree};
};

}  // namespace

TEST_CASE("an upsert that leaves unchanged rows alone") {
  Built x;
  SqlBuilder& sql = x.sql;
  NodeId batch = sql.select({.items = {sql.column("id"), sql.column("Status"), sql.column("_ver")},
                             .from = {sql.table({"cur"})},
                             .where = sql.eq(sql.column("_op"), sql.string("u"))});
  NodeId insert =
      sql.insert({.mode = InsertMode::OnConflictUpdate,
                  .table = sql.table({"speed_data", "orders"}, "t"),
                  .columns = {"id", "Status", "_ver"},
                  .query = batch,
                  .conflict_key = {"id"},
                  .assignments = {sql.assign("Status", sql.column("excluded", "Status")),
                                  sql.assign("_ver", sql.column("excluded", "_ver"))},
                  .update_where = sql.and_all(
                      {sql.lt_eq(sql.column("t", "_ver"), sql.column("excluded", "_ver")),
                       sql.is_distinct(sql.row({sql.column("t", "Status"), sql.column("t", "id")}),
                                       sql.row({sql.column("excluded", "Status"), sql.column("excluded", "id")}))})});
  CHECK(postgres(x.tree, insert) ==
        R"(insert into speed_data.orders as t (id, "Status", _ver)
select id, "Status", _ver
from cur
where _op = 'u'
on conflict (id) do update set "Status" = excluded."Status", _ver = excluded._ver
where t._ver <= excluded._ver
  and (t."Status", t.id) is distinct from (excluded."Status", excluded.id))");
  CHECK(databricks(x.tree, insert) == "error: Databricks SQL has no ON CONFLICT");
}

TEST_CASE("inserts of Databricks") {
  Built x;
  SqlBuilder& sql = x.sql;
  NodeId query = sql.select({.items = {sql.star()}, .from = {sql.table({"s"})}});
  CHECK(databricks(x.tree, sql.insert({.mode = InsertMode::ReplaceWhere,
                                       .table = sql.table({"t"}),
                                       .query = query,
                                       .replace_where = sql.and_all({sql.gt_eq(sql.column("d"), sql.param("lo")),
                                                                     sql.lt(sql.column("d"), sql.param("hi"))})})) ==
        "insert into t\nreplace where d >= :lo and d < :hi\nselect *\nfrom s");
  CHECK(databricks(x.tree, sql.insert({.mode = InsertMode::Overwrite, .table = sql.qname({"t"}), .query = query})) ==
        "insert overwrite t\nselect *\nfrom s");
  CHECK(databricks(x.tree,
                   sql.insert({.table = sql.table({"t"}),
                               .columns = {"a", "b"},
                               .query = sql.values({{sql.integer(1), sql.string("x")}, {sql.null(), sql.null()}})})) ==
        "insert into t (a, b)\nvalues (1, 'x'), (null, null)");
}

TEST_CASE("deletes and updates") {
  Built x;
  SqlBuilder& sql = x.sql;
  NodeId remove = sql.delete_from(sql.table({"d", "orders"}, "t"),
                                  sql.and_all({sql.eq(sql.column("s", "_op"), sql.string("d")),
                                               sql.eq(sql.column("t", "id"), sql.column("s", "id"))}),
                                  {sql.table({"cur"}, "s")});
  CHECK(postgres(x.tree, remove) == "delete from d.orders as t\nusing cur as s\nwhere s._op = 'd' and t.id = s.id");
  CHECK(databricks(x.tree, remove) == "error: Databricks SQL has no DELETE with USING");
  NodeId update =
      sql.update(sql.table({"meta", "watermark"}),
                 {sql.assign("last_version", sql.param("to")), sql.assign("loaded_at", sql.call("now", {}))},
                 sql.eq(sql.column("target"), sql.string("orders")));
  CHECK(postgres(x.tree, update) ==
        "update meta.watermark set last_version = :to, loaded_at = now()\nwhere target = 'orders'");
}

TEST_CASE("tables and views") {
  Built x;
  SqlBuilder& sql = x.sql;
  NodeId table =
      sql.create_table({.flags = kIfNotExists,
                        .name = sql.qname({"main", "silver", "transfers"}),
                        .columns = {sql.table_column("id", sql.type("bigint"), true, "it's the key"),
                                    sql.table_column("fee eur", sql.type("decimal", {18, 4}))},
                        .options = {sql.ddl("using delta"), sql.ddl("cluster by ({})", sql.names({"id", "fee eur"})),
                                    sql.ddl("comment {}", sql.string("a\nb"))}});
  CHECK(databricks(x.tree, table) == R"(create table if not exists main.silver.transfers (
  id bigint not null comment 'it\'s the key',
  `fee eur` decimal(18, 4)
)
using delta
cluster by (id, `fee eur`)
comment 'a\nb')");
  CHECK(postgres(x.tree, table) == "error: PostgreSQL has no COMMENT in CREATE TABLE");

  NodeId constrained = sql.create_table(
      {.name = sql.qname({"d", "orders"}),
       .columns = {sql.table_column("Id", sql.type("bigint"), true),
                   sql.ddl("constraint {} primary key ({})", sql.name("orders_pkey"), sql.names({"Id"}))},
       .options = {sql.ddl("with (fillfactor = {})", sql.integer(85))}});
  CHECK(postgres(x.tree, constrained) == R"(create table d.orders (
  "Id" bigint not null,
  constraint orders_pkey primary key ("Id")
)
with (fillfactor = 85))");

  NodeId query = sql.select({.items = {sql.column("id")}, .from = {sql.table({"t"})}});
  CHECK(databricks(x.tree, sql.create_view({.flags = kOrReplace,
                                            .name = sql.qname({"v"}),
                                            .columns = {sql.table_column("id", {}, false, "key")},
                                            .query = query})) ==
        "create or replace view v (\n  id comment 'key'\n)\nas\nselect id\nfrom t");
  CHECK(postgres(x.tree, sql.create_table({.flags = kTemporary,
                                           .name = sql.qname({"cur"}),
                                           .options = {sql.ddl("on commit drop")},
                                           .query = query})) ==
        "create temporary table cur\non commit drop\nas\nselect id\nfrom t");
}

TEST_CASE("templates of our own code hold names and values of any kind") {
  Built x;
  SqlBuilder& sql = x.sql;
  CHECK(postgres(x.tree, sql.ddl("grant select on {} to {}", sql.qname({"speed", "a\"b"}), sql.name("App Reader"))) ==
        R"(grant select on speed."a""b" to "App Reader")");
  NodeId role = sql.ddl(
      "begin\n  if not exists (select from pg_roles where rolname = {}) then\n    create role {};\n  end "
      "if;\nend",
      sql.string("x$pipec$'y"), sql.name("x$pipec$'y"));
  CHECK(postgres(x.tree, sql.ddl("do {}", sql.dollar_body(role))) == R"(do $pipec1$
begin
  if not exists (select from pg_roles where rolname = 'x$pipec$''y') then
    create role "x$pipec$'y";
  end if;
end
$pipec1$)");
  // A document of another language is as it is; Databricks documents the bare quotes alone.
  CHECK(databricks(x.tree, sql.dollar_text("a: \"'`\"\n")) == "$$\na: \"'`\"\n$$");
  CHECK(databricks(x.tree, sql.dollar_text("a: $$")) == "$pipec$\na: $$\n$pipec$");
  NodeId query = sql.select({.items = {sql.integer(1)}, .from = {sql.table({"t"})}});
  CHECK(postgres(x.tree, sql.ddl("create materialized view {} as\n{}", sql.qname({"v"}), query)) ==
        "create materialized view v as\nselect 1\nfrom t");
  CHECK(postgres(x.tree, sql.ddl("copy ({}) to stdout", query)) == "copy (select 1 from t) to stdout");
  CHECK(postgres(x.tree, sql.dollar_body(sql.ddl("perform {}", sql.param("p"))))
            .starts_with("error: a parameter inside"));
}

TEST_CASE("a merge that deletes what the source no longer has") {
  Built x;
  SqlBuilder& sql = x.sql;
  NodeId merge = sql.merge({.target = sql.table({"t"}),
                            .source = sql.table({"s"}),
                            .on = sql.null_safe_eq(sql.column("t", "k"), sql.column("s", "k")),
                            .clauses = {sql.when(MergeClauseKind::MatchedDelete, sql.column("s", "_deleted")),
                                        sql.when(MergeClauseKind::NotMatchedBySourceDelete,
                                                 sql.or_all({sql.column("t", "a"), sql.column("t", "b")}))}});
  CHECK(databricks(x.tree, merge) == R"(merge into t
using s
on t.k <=> s.k
when matched and s._deleted then delete
when not matched by source and (t.a or t.b) then delete)");
  CHECK(postgres(x.tree, merge) == "error: PostgreSQL has no NOT MATCHED BY SOURCE");
}

TEST_CASE("queries of set operations, values and common table expressions") {
  Built x;
  SqlBuilder& sql = x.sql;
  auto one = [&](int64_t value) { return sql.select({.items = {sql.item(sql.integer(value), "x")}}); };
  NodeId limited = sql.select({.items = {sql.integer(3)}, .limit = sql.integer(1)});
  NodeId both = sql.union_all({one(1), one(2), limited});
  CHECK(databricks(x.tree, both) == "select 1 as x\nunion all\nselect 2 as x\nunion all\n(select 3 limit 1)");
  NodeId from_cte = sql.select(
      {.ctes = {sql.cte("b", both)}, .distinct = true, .items = {sql.star("b")}, .from = {sql.table({"b"})}});
  CHECK(databricks(x.tree, from_cte).starts_with("with b as (\n  select 1 as x\n  union all"));
  NodeId rows = sql.values_ref({{sql.integer(1), sql.string("a")}}, "v", {"n", "t"});
  NodeId query = sql.select({.items = {sql.star()}, .from = {rows}});
  CHECK(databricks(x.tree, query) == "select *\nfrom values (1, 'a') as v(n, t)");
  CHECK(postgres(x.tree, query) == "select *\nfrom (values (1, 'a')) as v(n, t)");
}
