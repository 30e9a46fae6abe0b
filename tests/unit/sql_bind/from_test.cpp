#include <catch2/catch.hpp>

#include "bound.h"

using namespace pipec::test;

TEST_CASE("outer joins make the missing side nullable") {
  CHECK(bound("select t.a, u.a, u.k from t left join u on t.a = u.a") == "a int!, a int, k string");
  CHECK(bound("select t.a, u.a from t right join u on t.a = u.a") == "a int, a int!");
  CHECK(bound("select t.a, u.a from t full join u on t.a = u.a") == "a int, a int");
  CHECK(bound("select t.a, u.k from t join u on t.a = u.a") == "a int!, k string!");
  CHECK(bound("select x.a, y.a, z.a from u x join u y on x.a = y.a right join u z on z.a = y.a") ==
        "a int, a int, a int!");
}

TEST_CASE("semi and anti joins show the left alone") {
  CHECK(bound("select * from u left semi join t on t.a = u.a") == "a int!, k string!, v double");
  CHECK(bound("select t.b from u left anti join t on t.a = u.a") == "PIPE0301(t)");
}

TEST_CASE("using and natural joins") {
  CHECK(bound("select * from u x join u y using (a)") == "a int!, k string!, v double, k string!, v double");
  CHECK(bound("select a, y.a from u x left join u y using (a)") == "a int!, a int");
  CHECK(bound("select a, x.a from u x right join u y using (a)") == "a int!, a int");
  CHECK(bound("select a, x.a, y.a from u x full join u y using (a)") == "a int, a int, a int");
  CHECK(bound("select * from u natural join u as y") == "a int!, k string!, v double");
  CHECK(bound("select y.* from u x join u y using (k)") == "k string!, a int!, v double");
  CHECK(bound("select * from t join u using (k)") == "PIPE0301(k)");
}

TEST_CASE("conditions") {
  CHECK(bound("select 1 as x from t join u on t.a = u.kk") == "PIPE0301(kk)");
  CHECK(bound("select 1 as x from t join u on t.a") == "PIPE0316(t.a)");
  CHECK(bound("select 1 as x from t where count(*) > 1") == "PIPE0402(count(*))");
  CHECK(bound("select 1 as x from t where row_number() over (order by a) = 1") ==
        "PIPE0404(row_number() over (order by a))");
}

TEST_CASE("subqueries in FROM see neither their neighbours nor are seen through") {
  CHECK(bound("select q.n from (select a as n from t) q") == "n int!");
  CHECK(bound("select q.n from (select a from t) as q (n)") == "n int!");
  CHECK(bound("select a from t, (select t.a as x from u)") == "PIPE0301(t)");
  CHECK(bound("select x from t, lateral (select t.a as x)") == "x int!");
  CHECK(bound("select 1 as one from (select a from t) as q (m, n)") == "PIPE0412((m, n))");
}

TEST_CASE("inline tables") {
  CHECK(bound("select * from values (1, 'x'), (2, null) as v (n, s)") == "n int!, s string");
  CHECK(bound("values (1, 2.5), (3, 4)") == "col1 int!, col2 decimal(11,1)!");
  CHECK(bound("select * from values (1, 2), (3)") == "PIPE0416((3))");
}

TEST_CASE("common table expressions") {
  CHECK(bound("with c as (select a, b from t) select c1.a, c2.b from c c1 join c c2 on c1.a = c2.a") ==
        "a int!, b string");
  CHECK(bound("with c (n) as (select a from t), d as (select n + 1 as m from c) select m, n from c, d") ==
        "m int!, n int!");
  CHECK(bound("with c as (select aa from t) select 1 as one") == "PIPE0301(aa)");
  CHECK(bound("with c as (select 1 as x), c as (select 2 as x) select x from c") == "PIPE0418(c as (select 2 as x))");
  CHECK(bound("with t as (select 'x' as only) select * from t") == "only string!");
  CHECK(bound("with recursive r (n) as (select 1 union all select n + 1 from r where n < 9) select n from r") ==
        "n int");
}

TEST_CASE("a query that grows without end is refused") {
  std::string sql = "with c0 as (select * from u)";
  for (int i = 1; i < 40; ++i) {
    sql += ", c" + std::to_string(i) + " as (select *, * from c" + std::to_string(i - 1) + ")";
  }
  CHECK(bound(sql + " select * from c39").substr(0, 8) == "PIPE0490");
  std::string from = "select 1 as x from u";
  for (int i = 0; i < 2000; ++i) from += ", u as u" + std::to_string(i);
  CHECK(bound(from).substr(0, 8) == "PIPE0490");
}
