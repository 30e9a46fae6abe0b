#include <catch2/catch.hpp>

#include "bound.h"

using namespace pipec::test;

TEST_CASE("set operations meet by position") {
  CHECK(bound("select a, b from t union all select a, k from u") == "a int!, b string");
  CHECK(bound("select 1 as x union all select 2.5") == "x decimal(11,1)!");
  CHECK(bound("select b from t intersect select k from u") == "b string!");
  CHECK(bound("select b from t except select k from u") == "b string");
  CHECK(bound("select a from t union select a, b from t").substr(0, 8) == "PIPE0410");
  CHECK(bound("select a from t union select d from t").substr(0, 8) == "PIPE0411");
  CHECK(bound("select missing from t union select a, b from t") == "PIPE0301(missing) PIPE0410(select missing from t union select a, b from t)");
}

TEST_CASE("order and limit after a set operation") {
  CHECK(bound("select a as x from t union all select a from u order by x limit 3") == "x int!");
  CHECK(bound("select a as x from t union all select a from u order by y") == "PIPE0301(y)");
  CHECK(bound("select a from t order by 2") == "PIPE0414(2)");
  CHECK(bound("select a from t limit a").substr(0, 8) == "PIPE0301");
  CHECK(bound("select a from t limit 'x'") == "PIPE0417('x')");
  CHECK(bound("select a from t limit -1") == "PIPE0417(-1)");
}

TEST_CASE("a chain of thousands needs no stack") {
  std::string sets = "select 1 as x";
  std::string sum = "select 1";
  for (int i = 0; i < 4000; ++i) {
    sets += " union all select " + std::to_string(i);
    sum += " + 1";
  }
  CHECK(bound(sets) == "x int!");
  CHECK(bound(sum + " as x") == "x int!");
}
