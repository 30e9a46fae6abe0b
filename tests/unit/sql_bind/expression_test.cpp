#include <catch2/catch.hpp>

#include "bound.h"

using namespace pipec::test;

TEST_CASE("literals have the type of their digits") {
  CHECK(bound_expression("1") == "int!");
  CHECK(bound_expression("2147483648") == "bigint!");
  CHECK(bound_expression("-2147483648") == "int!");
  CHECK(bound_expression("9223372036854775808") == "decimal(19,0)!");
  CHECK(bound_expression("0.01") == "decimal(2,2)!");
  CHECK(bound_expression("1e3") == "double!");
  CHECK(bound_expression("5L") == "bigint!");
  CHECK(bound_expression("null") == "void");
  CHECK(bound_expression("date '2024-02-29'") == "date!");
  CHECK(bound_expression("date '2023-02-29'") == "PIPE0321(date '2023-02-29')");
  CHECK(bound_expression("timestamp '2024-01-01 10:00:00.5+02:00'") == "timestamp!");
  CHECK(bound_expression("interval 3 days") == "interval day!");
  CHECK(bound_expression("interval '1-2' year to month") == "interval year to month!");
  CHECK(bound_expression("interval 1 year 2 days").substr(0, 8) == "PIPE0321");
}

TEST_CASE("operators") {
  CHECK(bound_expression("a + 1") == "int!");
  CHECK(bound_expression("c * 2") == "decimal(12,2)");
  CHECK(bound_expression("a / 2") == "double");
  CHECK(bound_expression("d + interval 1 day") == "date");
  CHECK(bound_expression("a = 1 and b like 'x%'") == "boolean");
  CHECK(bound_expression("c + d") == "PIPE0310(c + d)");
  CHECK(bound_expression("not a") == "PIPE0311(not a)");
  CHECK(bound_expression("a between 1 and 5") == "boolean!");
  CHECK(bound_expression("b is null") == "boolean!");
  CHECK(bound_expression("b <=> 'x'") == "boolean!");
  CHECK(bound_expression("b is distinct from 'x'") == "boolean!");
  CHECK(bound_expression("a in (1, 2.5)") == "boolean!");
  CHECK(bound_expression("a in (1, d)").substr(0, 8) == "PIPE0312");
}

TEST_CASE("what may fail on the data is a warning") {
  CHECK(bound_expression("b + 1") == "bigint [PIPE0330(b)]");
  CHECK(bound_expression("a = '5'") == "boolean");
  CHECK(bound_expression("ts = timestamp_ntz '2024-01-01 00:00:00'") ==
        "boolean [PIPE0331(ts = timestamp_ntz '2024-01-01 00:00:00')]");
}

TEST_CASE("case, casts") {
  CHECK(bound_expression("case when a > 1 then 1 else 2.5 end") == "decimal(11,1)!");
  CHECK(bound_expression("case when a > 1 then 1 end") == "int");
  CHECK(bound_expression("case a when 1 then 'x' when 2 then 'y' else 'z' end") == "string!");
  CHECK(bound_expression("case when a then 1 end") == "PIPE0316(a)");
  CHECK(bound_expression("case when a > 1 then 1 else d end").substr(0, 8) == "PIPE0312");
  CHECK(bound_expression("cast(a as string)") == "string!");
  CHECK(bound_expression("a::decimal(5,1)") == "decimal(5,1)");
  CHECK(bound_expression("cast(arr as int)") == "PIPE0315(cast(arr as int))");
  CHECK(bound_expression("cast(a as integr)") == "PIPE0306(integr)");
  CHECK(bound_expression("cast(a as decimal(50, 2))") == "PIPE0322(decimal(50, 2))");
}

TEST_CASE("calls") {
  CHECK(bound_expression("upper(b)") == "string");
  CHECK(bound_expression("coalesce(b, 'x')") == "string!");
  CHECK(bound_expression("uper(b)") == "PIPE0304(uper)");
  CHECK(bound_expression("upper(b, b)").substr(0, 8) == "PIPE0314");
  CHECK(bound_expression("transform(arr, x -> x + 1)") == "array<int>");
  CHECK(bound_expression("transform(arr, (x, i) -> x * y)") == "PIPE0301(y)");
  CHECK(bound_expression("struct(a, b as name, 1)") == "struct<a:int,name:string,col3:int>!");
  CHECK(bound_expression("named_struct('p', a)") == "struct<p:int>!");
  CHECK(bound_expression("count(*)") == "PIPE0402(count(*))");
  CHECK(bound_expression("explode(arr)") == "PIPE0409(explode(arr))");
  CHECK(bound_expression("current_date") == "date!");
}

TEST_CASE("functions of the project") {
  CHECK(bound_expression("ratio(a, 2)") == "double");
  CHECK(bound_expression("ratio(whole => 2, part => a)") == "double");
  CHECK(bound_expression("ratio(a)") == "PIPE0314(ratio(a))");
  CHECK(bound_expression("ratio(a, d)") == "PIPE0313(d)");
  CHECK(bound_expression("ratio(a, hole => 1)").substr(0, 8) == "PIPE0323");
  CHECK(bound_expression("tag(b)") == "string!");
  CHECK(bound_expression("tag(b, b)") == "string! [PIPE0330(b)]");
}

TEST_CASE("subqueries") {
  CHECK(bound("select (select max(v) from u where u.a = t.a) as x from t") == "x double");
  CHECK(bound("select a from t where exists (select 1 from u where u.a = t.a)") == "a int!");
  CHECK(bound("select a from t where a in (select a from u)") == "a int!");
  CHECK(bound("select a from t where (a, b) in (select a, k from u)") == "a int!");
  CHECK(bound("select a from t where a in (select a, k from u)").substr(0, 8) == "PIPE0413");
  CHECK(bound("select (select a, k from u) from t").substr(0, 8) == "PIPE0413");
  CHECK(bound("select a from t where exists (select 1 from u where u.a = t.aa)") == "PIPE0301(aa)");
}

TEST_CASE("generators") {
  CHECK(bound("select a, explode(arr) as e from t") == "a int!, e int");
  CHECK(bound("select posexplode(arr) as (p, e) from t") == "p int!, e int");
  CHECK(bound("select explode(m) from t") == "key string!, value int");
  CHECK(bound("select explode_outer(arr) from t") == "col int");
  CHECK(bound("select 1 + explode(arr) from t") == "PIPE0409(explode(arr))");
  CHECK(bound("select e + 1 as f, explode(arr) as e from t") == "f int, e int");
  CHECK(bound("select a, e from t lateral view explode(arr) x as e") == "a int!, e int");
  CHECK(bound("select id from range(10)") == "id bigint!");
  CHECK(bound("select a, col from t, lateral explode(arr)") == "a int!, col int");
}
