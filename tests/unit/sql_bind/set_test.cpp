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
  CHECK(bound("select missing from t union select a, b from t") ==
        "PIPE0301(missing) PIPE0410(select missing from t union select a, b from t)");
}

TEST_CASE("set operations meet by name") {
  CHECK(bound("select a, b from t union all by name select k as b, a from u") == "a int!, b string");
  CHECK(bound("select 1 as x union by name select 2.5 as y, 3L as X") == "x bigint!, y decimal(2,1)");
  CHECK(bound("select 1 as x, 2 as y intersect by name select 2 as Y, 3L as x") == "x bigint!, y int!");
  CHECK(bound("select 1 as x, 2 as y except by name select 2 as Y") ==
        "PIPE0410(select 1 as x, 2 as y except by name select 2 as Y)");
  CHECK(bound("select 1 as x, 2 as X union by name select 2 as x") == "PIPE0410(select 1 as x, 2 as X)");
  CHECK(bound("select 1 as x union by name (select 2 as x, 2 as y union by name select true as z)") ==
        "x int, y int, z boolean");
  CHECK(bound("from t |> select a |> union all by name (select k, a from u) |> where k > ''") == "a int!, k string");
}

TEST_CASE("rows that cannot be told apart") {
  CHECK(bound("select map('a', 1) as m union all select map('b', 2)").substr(0, 4) == "m ma");
  CHECK(bound("select map('a', 1) as m union select map('b', 2)").substr(0, 8) == "PIPE0317");
  CHECK(bound("select array(parse_json('1')) as v except select array(parse_json('1'))").substr(0, 8) == "PIPE0317");
  CHECK(bound("select distinct struct(map('a', 1)) as m").substr(0, 8) == "PIPE0317");
  CHECK(bound("select map('a', 1) in (map('a', 1)) as x").substr(0, 8) == "PIPE0317");
  CHECK(bound("select parse_json('1') in (select parse_json('2')) as x").substr(0, 8) == "PIPE0317");
  CHECK(bound("select row_number() over (partition by map('a', a) order by a) as x from t").substr(0, 8) == "PIPE0317");
  CHECK(bound("select rank() over (order by parse_json(b)) as x from t").substr(0, 8) == "PIPE0317");
  CHECK(bound("select count(*) as n from t group by parse_json(b)").substr(0, 8) == "PIPE0317");
  CHECK(bound("select count(*) as n from t group by map('a', a)") == "n bigint!");
}

TEST_CASE("columns of inline tables meet as before ANSI") {
  CHECK(bound("select * from values (cast(1 as float)), (2) as v(x)") == "x float!");
  CHECK(bound("select * from values (array(cast(1 as float))), (array(2L)) as v(x)") == "x array<float>!");
  CHECK(bound("select * from values ('a'), (2) as v(x)").substr(0, 8) == "PIPE0312");
  CHECK(bound("select * from values (1), (2.5), (null) as v(x)") == "x decimal(11,1)");
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
  // The parser refuses chains that are this long; the binder takes any tree.
  using namespace pipec;
  ast::Tree tree;
  auto one = [&] { return tree.add(ast::NodeKind::Literal, {}, Symbol::of("1"), 3); };
  ast::NodeId sum = one();
  for (int i = 0; i < 20000; ++i) {
    sum = tree.add(ast::NodeKind::Binary, {sum, one()}, {}, static_cast<uint8_t>(ast::BinaryOp::Add));
  }
  CHECK(bound(tree, sum, false) == "int!");

  ast::NodeId none;
  auto select = [&] {
    ast::NodeId items =
        tree.add(ast::NodeKind::List, {tree.add(ast::NodeKind::SelectItem, {one(), none}, Symbol::of("x"))});
    return tree.add(ast::NodeKind::Select, {none, items, none, none, none, none, none, none});
  };
  ast::NodeId sets = select();
  for (int i = 0; i < 20000; ++i) {
    sets = tree.add(ast::NodeKind::SetOp, {sets, select()}, {}, static_cast<uint8_t>(ast::SetOpKind::Union), ast::kAll);
  }
  ast::NodeId query = tree.add(ast::NodeKind::Query, {none, sets, none, none, none, none, none, none, none});
  CHECK(bound(tree, query, true) == "x int!");
}
