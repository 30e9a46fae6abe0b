#include <catch2/catch.hpp>

#include "bound.h"

using namespace pipec::test;

TEST_CASE("columns by name, in any case, qualified or not") {
  CHECK(bound("select a, T.B, t.C from t") == "a int!, B string, C decimal(10,2)");
  CHECK(bound("select x.a from t as x") == "a int!");
  CHECK(bound("select orders.id, gold.orders.amount from gold.orders") == "id bigint!, amount decimal(18,2)");
  CHECK(bound("select o.id from gold.orders o") == "id bigint!");
}

TEST_CASE("a wrong name is blamed where it stands, with the scope's own suggestions") {
  CHECK(bound("select aa from t") == "PIPE0301(aa)");
  CHECK(messages("select amont from gold.orders") == "no column `amont` in `gold.orders` | did you mean `amount`?");
  CHECK(bound("select t.k from t, u") == "PIPE0301(k)");
  CHECK(bound("select x.a from t") == "PIPE0301(x)");
  CHECK(messages("select uu.a from u as uuu") == "no table or column `uu` in this query | did you mean `uuu`?");
  CHECK(bound("select a from gold.order") == "PIPE0302(gold.order)");
  CHECK(messages("select a from gold.order") == "no table `gold.order` | did you mean `gold.orders`?");
  CHECK(bound("select x.* from t") == "PIPE0307(x)");
}

TEST_CASE("each wrong name once, and nothing that follows from it") {
  CHECK(bound("select aa + 1 as x, x * 2 as y, upper(aa2) from t") == "PIPE0301(aa) PIPE0301(aa2)");
  CHECK(bound("select q.z, q.a + 1 from (select missing as z, a from t) q") == "PIPE0301(missing)");
  CHECK(bound("select x, y.z from nowhere") == "PIPE0302(nowhere)");
  CHECK(bound("with c as (select * from nowhere) select x, y from c where z = 1") == "PIPE0302(nowhere)");
  CHECK(bound("select whatever from broken") == "whatever unknown");
  CHECK(bound("select a, k from broken, u") == "a int!, k string!");
}

TEST_CASE("a name that two tables have") {
  CHECK(bound("select a from t, u") == "PIPE0303(a)");
  CHECK(messages("select a from t join u on t.a = u.a") ==
        "`a` may be the column of `t` or of `u` | write the table's name before it");
  CHECK(bound("select a from (select a, a from t)") == "a int!");
  CHECK(bound("select a from (select a, a + 1 as a from t)") == "PIPE0303(a)");
}

TEST_CASE("fields of structs, entries of maps, elements of arrays") {
  CHECK(bound("select s.x, t.s.y from t") == "x int, y string");
  CHECK(bound("select s.z from t") == "PIPE0305(z)");
  CHECK(bound("select a.z from t") == "PIPE0320(z)");
  CHECK(bound("select m.hits, m['hits'] as h, arr[0] as e from t") == "hits int, h int, e int");
  CHECK(bound("select a[0] from t") == "PIPE0320(a[0])");
  CHECK(bound("select s.* from t") == "x int, y string");
}

TEST_CASE("stars") {
  CHECK(bound("select * from u") == "a int!, k string!, v double");
  CHECK(bound("select u.*, gold.orders.* from u, gold.orders") ==
        "a int!, k string!, v double, id bigint!, amount decimal(18,2)");
  CHECK(bound("select * except (k) from u") == "a int!, v double");
  CHECK(bound("select * except (kk) from u") == "PIPE0301(kk)");
  CHECK(bound("select * except (k, k) from u") == "PIPE0418(k)");
  CHECK(bound("select s.* except (x) from t") == "y string");
  CHECK(bound("select * except (s.x, b, c, d, ts, arr, m) from t") == "a int!, s struct<y:string>!");
  CHECK(bound("select *") == "PIPE0422(*)");
}

TEST_CASE("aliases of the select list") {
  CHECK(bound("select a + 1 as n, n * 2 as m2 from t") == "n int!, m2 int!");
  CHECK(bound("select a + 1 as b, b from t") == "b int!, b string");
  CHECK(bound("select a as x, b as x, x from t") == "PIPE0427(x)");
  CHECK(bound("select a as x from t where x > 1") == "PIPE0301(x)");
  CHECK(bound("select a as x from t order by x, b") == "x int!");
  CHECK(bound("select a % 2 as g, count(*) as n from t group by g having n > 1 order by n") == "g int, n bigint!");
}
