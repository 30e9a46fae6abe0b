#include <catch2/catch.hpp>

#include "bound.h"

using namespace pipec::test;

TEST_CASE("what is grouped and what is aggregated") {
  CHECK(bound("select b, count(*) as n, sum(c) as s from t group by b") == "b string, n bigint!, s decimal(20,2)");
  CHECK(bound("select a + 1 as x, max(b) as y from t group by a + 1") == "x int!, y string");
  CHECK(bound("select 1 + a as x from t group by a + 1") == "x int!");
  CHECK(bound("select a, count(*) from t group by b") == "PIPE0401(a)");
  CHECK(bound("select a, count(*) from t") == "PIPE0419(a)");
  CHECK(bound("select a, b, a from t group by b") == "PIPE0401(a) PIPE0401(a)");
  CHECK(bound("select sum(count(*)) from t") == "PIPE0403(count(*))");
}

TEST_CASE("keys by number, by alias, all of them") {
  CHECK(bound("select b as k, count(*) as n from t group by 1") == "k string, n bigint!");
  CHECK(bound("select b as k, count(*) as n from t group by 3") == "PIPE0414(3)");
  CHECK(bound("select b as k, count(*) as n from t group by all") == "k string, n bigint!");
  CHECK(bound("select b as k, count(*) as n from t group by 2") == "PIPE0402(2)");
  CHECK(bound("select a, b, sum(a) + a as x from t group by all") == "a int!, b string, x bigint");
}

TEST_CASE("grouping sets make keys nullable that a set leaves out") {
  CHECK(bound("select a, count(*) as n from t group by rollup (a)") == "a int, n bigint!");
  CHECK(bound("select a, k from u group by grouping sets ((a, k), (a))") == "a int!, k string");
  CHECK(bound("select a, k from u group by cube (a, k)") == "a int, k string");
  CHECK(bound("select a, k from u group by a, k with rollup") == "a int, k string");
}

TEST_CASE("having, order, qualify") {
  CHECK(bound("select b from t group by b having max(a) > 1 order by min(c)") == "PIPE0402(min(c))");
  CHECK(bound("select b from t group by b having a > 1") == "PIPE0401(a)");
  CHECK(bound("select a, b from t qualify row_number() over (partition by b order by a) = 1") == "a int!, b string");
  CHECK(bound("select a from t qualify a > 1") == "PIPE0420(a > 1)");
  CHECK(bound("select distinct a from t order by b").substr(0, 8) == "PIPE0301");
  CHECK(bound("select distinct a + 1 as x from t order by a + 1") == "x int!");
}

TEST_CASE("windows") {
  CHECK(bound("select sum(c) over (partition by b order by d) as s, row_number() over w as n from t window w "
              "as (order by a)") == "s decimal(20,2), n int!");
  CHECK(bound("select count(*) over (order by count(*)) as x from t group by b") == "x bigint!");
  CHECK(bound("select row_number() from t") == "PIPE0405(row_number())");
  CHECK(bound("select sum(a) over nowhere from t") == "PIPE0407(nowhere)");
  CHECK(bound("select upper(b) over (order by a) from t").substr(0, 8) == "PIPE0406");
}
