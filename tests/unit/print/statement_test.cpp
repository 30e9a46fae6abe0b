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
