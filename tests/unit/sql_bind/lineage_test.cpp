#include <catch2/catch.hpp>

#include "bound.h"

using namespace pipec::test;

TEST_CASE("values flow directly") {
  CHECK(lineage("select a, a + v as x, sum(v) as s from u group by a, v") ==
        "a: u.a=identity; x: u.a=transformation u.v=transformation; s: u.v=aggregation | u.a=group u.v=group");
  CHECK(lineage("select n from (select v * 2 as n from u)") == "n: u.v=transformation");
  CHECK(lineage("select count(*) as n from u") == "n:");
  CHECK(lineage("select id from gold.orders") == "id: gold.orders.id=identity");
}

TEST_CASE("conditions decide") {
  CHECK(lineage("select case when k = 'x' then v else a end as x from u") ==
        "x: u.a=transformation u.v=transformation u.k?conditional");
  CHECK(lineage("select sum(v) filter (where a > 1) as x from u") == "x: u.v=aggregation u.a?filter");
  CHECK(lineage("select sum(v) over (partition by k order by a) as x from u") ==
        "x: u.v=aggregation u.a?window u.k?window");
  CHECK(lineage("select if(a > 1, k, 'x') as x from u") == "x: u.k=transformation u.a?conditional");
}

TEST_CASE("through joins, sets, subqueries and generators") {
  CHECK(lineage("select t.b, u.k from t left join u on t.a = u.a where t.c > 1 order by u.v") ==
        "b: t.b=identity; k: u.k=identity | t.a=join t.c=filter u.a=join u.v=sort");
  CHECK(lineage("select a from x full join u using (a)").substr(0, 8) == "PIPE0302");
  CHECK(lineage("select a from t full join u using (a)") ==
        "a: t.a=transformation u.a=transformation | t.a=join u.a=join");
  CHECK(lineage("select b as x from t union all select k from u") == "x: t.b=identity u.k=identity");
  CHECK(lineage("select b as x from t except select k from u") == "x: t.b=identity");
  CHECK(lineage("select (select max(v) from u) as x from t") == "x: u.v=aggregation");
  CHECK(lineage("select explode(arr) as e from t") == "e: t.arr=transformation");
  CHECK(lineage("with c as (select a as n from t) select x.n, y.n as m from c x, c y") ==
        "n: t.a=identity; m: t.a=identity");
  CHECK(lineage("with recursive r as (select a as n from t union all select n + a from u, r) select n from r") ==
        "n: t.a=transformation u.a=transformation");
}
