// Calls of functions of tables become plain queries; what they give is what that query gives.
#include <catch2/catch.hpp>

#include "print/sql_printer.h"
#include "project/session.h"

using namespace pipec;

namespace {

constexpr const char* kConfig = R"(name: example
language: 1
targets: { prod: { warehouse: { engine: databricks, landing: "file:/landing" } } }
)";

constexpr const char* kProject = R"(
model gold.orders { full  as select 1L as id, 'x' as note, 2.50 as amount, timestamp '2026-01-01 00:00:00' as placed_at }
function latest(t table, k columns, ts column timestamp) returns table =
  select * from t qualify row_number() over (partition by k order by ts desc) = 1;
function counted(t table, k columns) returns table = select k, count(*) as n from t group by k order by k desc;
function both(t table, u table (id bigint), n int = 2, k column) returns table =
  with own as (select *, n as number from u) select t.*, own.number from t join own on t.k = own.id;
function newest(t table, k columns) returns table = select * from latest(t, k, ts => placed_at);
function down(t table) returns table =
  with recursive r as (select 1 as d union all select d + 1 from r where d < 3) select t.*, d from t, r;
)";

struct Read {
  std::string errors, query, columns;
};

Read read(const std::string& query) {
  auto vfs = std::make_shared<MemoryVfs>();
  vfs->set("pipec.yaml", kConfig);
  vfs->set("a.pipe", kProject);
  vfs->set("b.pipe", "model gold.x { full  as " + query + " }\n");
  project::Session session(vfs);
  project::SessionOptions options;
  options.build = false;
  const project::Analysis& analysis = session.analyze(options);
  Read read;
  for (const Diagnostic& diagnostic : analysis.diagnostics) {
    if (diagnostic.severity() != Severity::Error) continue;
    read.errors += std::string(diagnostic.kind->code) + " " + diagnostic.message + "\n";
  }
  for (const pipeline::Model& model : analysis.pipeline.models) {
    if (model.head.name.text() != "gold.x") continue;
    read.query = print::print_sql(*model.query.tree, model.query.node).sql;
    for (const auto& output : model.query.bound->outputs) {
      read.columns += (read.columns.empty() ? "" : ", ") + std::string(output.name.text()) + " " + output.type.text();
    }
  }
  return read;
}

std::string codes_of(const std::string& text) {
  auto vfs = std::make_shared<MemoryVfs>();
  vfs->set("pipec.yaml", kConfig);
  vfs->set("a.pipe", text);
  project::Session session(vfs);
  project::SessionOptions options;
  options.build = false;
  std::string codes;
  for (const Diagnostic& diagnostic : session.analyze(options).diagnostics) {
    if (diagnostic.severity() == Severity::Error) codes += std::string(diagnostic.kind->code) + " ";
  }
  return codes;
}

}  // namespace

TEST_CASE("a call becomes the query that it stands for") {
  Read one = read("select id, placed_at from latest(gold.orders, (id, note), placed_at) as l");
  CHECK(one.errors == "");
  CHECK(one.columns == "id bigint, placed_at timestamp");
  CHECK(one.query == R"(select id, placed_at
from (
  with t as (
    select *
    from gold.orders
  )
  select *
  from t
  qualify row_number() over (partition by id, note order by placed_at desc) = 1
) as l)");
}

TEST_CASE("columns stand where a list of columns may") {
  Read one = read("select * from counted(gold.orders, (id, note))");
  CHECK(one.errors == "");
  CHECK(one.columns == "id bigint, note string, n bigint");
  CHECK(one.query == R"(select *
from (
  with t as (
    select *
    from gold.orders
  )
  select id, note, count(*) as n
  from t
  group by id, note
  order by id desc, note desc
) as counted)");
}

TEST_CASE("names of the call and of the body never meet") {
  // The caller's `t`, `u` and `own` are tables of its own; the body's are renamed or come behind.
  Read one = read(
      "with t as (select 1L as id), u as (select 2L as own, 3L as id), own as (select 5L as id) "
      "select p.*, own.id as other from both(u, t, k => id) as p, own");
  CHECK(one.errors == "");
  CHECK(one.columns == "own bigint, id bigint, number int, other bigint");
  CHECK(one.query.find("from both") == std::string::npos);
  CHECK(one.query.find(R"(    with t_1 as (
      select *
      from u
    ),
    u_1 as (
      select *
      from t
    ),
    own as (
      select *, 2 as number
      from u_1
    )
    select t_1.*, own.number
    from t_1
    join own on t_1.id = own.id)") != std::string::npos);
}

TEST_CASE("functions call each other, and keep a recursive query whole") {
  Read one = read("select * from down(newest((select id, placed_at from gold.orders), id))");
  CHECK(one.errors == "");
  CHECK(one.columns == "id bigint, placed_at timestamp, d int");
  CHECK(one.query.find("with recursive") != std::string::npos);
}

TEST_CASE("a mistake inside a function is told there, once") {
  CHECK(codes_of("function f(t table) returns table = select nothing(1) as x from t;\n"
                 "model gold.a { full  as select 1 as id }\n"
                 "model gold.b { full  as select x from f(gold.a) }\n"
                 "model gold.c { full  as select x from f(gold.a) }\n") == "PIPE0304 ");
}

TEST_CASE("what doubles at each step is refused, once") {
  std::string values = "function f0(x bigint) returns bigint = x + 1;\n";
  std::string tables = "function t0(t table) returns table = select * from t;\n";
  std::string nested = "1L";
  std::string deep = "function d0(x bigint) returns bigint = x + 1;\n";
  for (int i = 1; i < 40; ++i) {
    std::string number = std::to_string(i), before = std::to_string(i - 1);
    values += "function f" + number + "(x bigint) returns bigint = f" + before + "(x) + f" + before + "(x);\n";
    tables += "function t" + number + "(t table) returns table = select * from t" + before +
              "(t) union all select * from t" + before + "(t);\n";
    nested = "f1(" + nested + ")";
    deep += "function d" + number + "(x bigint) returns bigint = d" + before + "(x) + 1;\n";
  }
  CHECK(codes_of(values + "model gold.x { view  as select f39(1L) as x }\n") == "PIPE0490 ");
  CHECK(codes_of(deep) == "");
  deep += "function d40(x bigint) returns bigint = d39(x);\nmodel gold.x { view  as select d40(1L) as x }\n";
  CHECK(codes_of(deep) == "PIPE0490 ");
  CHECK(codes_of(tables + "model gold.x { view  as select * from t39((select 1 as x)) }\n") == "PIPE0490 ");
  CHECK(codes_of("function f0(x bigint) returns bigint = x + 1;\nfunction f1(x bigint) returns bigint = x + f0(x);\n"
                 "model gold.x { view  as select " +
                 nested + " as x }\n") == "PIPE0490 ");
}
