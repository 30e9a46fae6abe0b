#include "print/rewrites.h"

#include <catch2/catch.hpp>

#include "ast/build.h"
#include "print_test.h"
#include "syntax/parse.h"

using namespace pipec;
using namespace pipec::ast;
using namespace pipec::print;

namespace {

Symbol s(std::string_view text) {
  return Symbol::of(text);
}

struct Parsed {
  explicit Parsed(std::string_view sql) : tree(syntax::parse_query(sql).tree) {}
  /// The n-th node of a kind, in the order of the text.
  NodeId find(NodeKind kind, size_t n = 0) const {
    for (uint32_t i = 1; i < tree.size(); ++i) {
      if (tree.kind({i}) == kind && n-- == 0) return {i};
    }
    return {};
  }
  std::string text() const { return databricks(tree, tree.root, &rewrites); }
  Tree tree;
  Rewrites rewrites;
};

/// A function, for a test: its body as an expression, its parameters in order.
struct Function {
  explicit Function(std::string_view body) : tree(syntax::parse_expression(body).tree) {}
  Expansion of(const Parsed& caller, NodeId call, const std::vector<std::string_view>& parameters,
               TypeRef cast = {}) const {
    Expansion expansion;
    expansion.body = {&tree, tree.root, &rewrites};
    expansion.cast = cast;
    auto arguments = caller.tree.list(caller.tree.get<Call>(call).arguments);
    for (size_t i = 0; i < parameters.size(); ++i)
      expansion.arguments.push_back({s(parameters[i]), arguments[i], false, {}});
    return expansion;
  }
  Tree tree;
  Rewrites rewrites;
};

struct Types {
  Types() : sql(tree) {}
  TypeRef operator()(std::string_view name) { return {&tree, sql.type(name)}; }
  Tree tree;
  SqlBuilder sql;
};

}  // namespace

TEST_CASE("relations are mapped to the target and keep the name that columns are qualified by") {
  Parsed p(
      "select t.a, silver.players.b, silver.players.c from silver.players join bronze.t as x on players.a = "
      "x.a "
      "where exists (select 1 from gold.v where v.a = 1)");
  p.rewrites.paths[p.find(NodeKind::TableRef, 0)] = {s("main"), s("silver dev"), s("players")};
  p.rewrites.paths[p.find(NodeKind::TableRef, 1)] = {s("main"), s("bronze"), s("t__log")};
  p.rewrites.paths[p.find(NodeKind::TableRef, 2)] = {s("main"), s("gold"), s("v_1")};
  CHECK(p.text() == R"(select t.a, players.b, players.c
from main.`silver dev`.players
join main.bronze.t__log as x on players.a = x.a
where exists (select 1 from main.gold.v_1 as v where v.a = 1))");
}

TEST_CASE("a star becomes its columns") {
  Parsed p("select *, x.* except (b) from t join x using (a)");
  p.rewrites.stars[p.find(NodeKind::Star, 0)] = {{{}, s("a")}, {{s("t")}, s("order")}};
  p.rewrites.stars[p.find(NodeKind::Star, 1)] = {{{s("main"), s("x")}, s("c d")}};
  CHECK(p.text() == "select a, t.`order`, main.x.`c d`\nfrom t\njoin x using (a)");
}

TEST_CASE("the last projection is cast and ordered in place") {
  Parsed p("select a + 1 as n, *, c from t");
  p.rewrites.stars[p.find(NodeKind::Star)] = {{{}, s("x")}, {{}, s("y")}};
  Types type;
  NodeId select = p.find(NodeKind::Select);
  auto items = p.tree.list(p.tree.get<Select>(select).items);
  p.rewrites.projections[select] = {{items[2], 0, {}, {}},
                                    {items[1], 1, type("bigint"), {}},
                                    {items[0], 0, type("double"), {}},
                                    {items[1], 0, {}, s("X")}};
  CHECK(p.text() == "select c, cast(y as bigint) as y, cast(a + 1 as double) as n, x as X\nfrom t");
}

TEST_CASE("a select around a query casts and orders whatever the query is") {
  Parsed p("select distinct b, a from t order by 1 limit 3");
  Types type;
  p.rewrites.wraps[p.tree.root] = {{s("a"), type("bigint")}, {s("b"), {}}};
  CHECK(p.text() == R"(select cast(a as bigint) as a, b
from (
  select distinct b, a
  from t
  order by 1
  limit 3
) as contract)");
}

TEST_CASE("a call of a user's function becomes its body") {
  Parsed p("select 1 - ratio(a + b, c) * 2, ratio(part => x, whole => y) from t");
  Function ratio("part / whole -- never zero\n");
  Types type;
  NodeId first = p.find(NodeKind::Call, 0);
  p.rewrites.expansions[first] = ratio.of(p, first, {"part", "whole"});
  NodeId second = p.find(NodeKind::Call, 1);
  Expansion cast = ratio.of(p, second, {"part", "whole"}, type("double"));
  for (Expansion::Argument& argument : cast.arguments) {
    argument.value = p.tree.get<NamedArg>(argument.value).value;
    argument.cast = type("double");
  }
  p.rewrites.expansions[second] = cast;
  CHECK(p.text() == "select 1 - ((a + b) / c) * 2, cast(cast(x as double) / cast(y as double) as double)\nfrom t");
}

TEST_CASE("an argument is not captured by a lambda of the body") {
  Parsed p("select add_all(xs, x + x_1) from t");
  Function add_all("transform(items, x -> x + much + transform(items, MUCH -> MUCH)[0])");
  NodeId call = p.find(NodeKind::Call);
  p.rewrites.expansions[call] = add_all.of(p, call, {"items", "much"});
  CHECK(p.text() == "select transform(xs, x_2 -> x_2 + (x + x_1) + transform(xs, MUCH -> MUCH)[0])\nfrom t");
}

TEST_CASE("functions that call functions") {
  Parsed p("select outer_one(a.b + 1) from t");
  Function inner("x * x");
  Function outer("inner_one(x - 1) + x.field");
  NodeId call = p.find(NodeKind::Call);
  NodeId inner_call;
  for (uint32_t i = 1; i < outer.tree.size(); ++i) {
    if (outer.tree.kind({i}) == NodeKind::Call) inner_call = {i};
  }
  Expansion nested;
  nested.body = {&inner.tree, inner.tree.root, nullptr};
  nested.arguments = {{s("x"), outer.tree.list(outer.tree.get<Call>(inner_call).arguments)[0], false, {}}};
  outer.rewrites.expansions[inner_call] = nested;
  p.rewrites.expansions[call] = outer.of(p, call, {"x"});
  CHECK(p.text() == "select ((a.b + 1) - 1) * ((a.b + 1) - 1) + (a.b + 1).field\nfrom t");
}

TEST_CASE("a parameter's default is printed where the call leaves it out") {
  Parsed p("select f(a)");
  Function f("x + y");
  NodeId call = p.find(NodeKind::Call);
  Expansion expansion = f.of(p, call, {"x"});
  SqlBuilder sql(f.tree);
  expansion.arguments.push_back({s("y"), sql.integer(-1), true, {}});
  p.rewrites.expansions[call] = expansion;
  CHECK(p.text() == "select a + -1");
}

TEST_CASE("a function that cannot be expanded is an error") {
  Parsed p("select f(a)");
  Function f("x in (select a from t)");
  NodeId call = p.find(NodeKind::Call);
  p.rewrites.expansions[call] = f.of(p, call, {"x"});
  CHECK(p.text() == "error: a function whose body reads tables cannot be expanded");

  Function endless("g(x)");
  Expansion expansion;
  expansion.body = {&endless.tree, endless.tree.root, &endless.rewrites};
  expansion.arguments = {
      {s("x"), endless.tree.list(endless.tree.get<Call>(endless.tree.root).arguments)[0], false, {}}};
  endless.rewrites.expansions[endless.tree.root] = expansion;
  CHECK(databricks(endless.tree, endless.tree.root, &endless.rewrites) ==
        "error: functions call each other too deeply to be expanded");
}

TEST_CASE("the author's query stands in a generated statement with his comments") {
  Parsed p("select a -- the key\nfrom silver.t");
  p.rewrites.paths[p.find(NodeKind::TableRef)] = {s("main"), s("silver"), s("t")};
  Tree tree;
  SqlBuilder sql(tree);
  NodeId body = sql.embedded();
  Rewrites rewrites;
  rewrites.subtrees[body] = {&p.tree, p.tree.root, &p.rewrites};
  NodeId insert = sql.insert({.mode = InsertMode::ReplaceWhere,
                              .table = sql.table({"main", "gold", "x"}),
                              .query = body,
                              .replace_where = sql.eq(sql.column("a"), sql.param("a"))});
  CHECK(databricks(tree, insert, &rewrites) ==
        "insert into main.gold.x\nreplace where a = :a\nselect a -- the key\nfrom main.silver.t");
  NodeId merge = sql.merge({.target = sql.table({"t"}, "t"),
                            .source = sql.query_ref(body, "s"),
                            .on = sql.eq(sql.column("t", "a"), sql.column("s", "a")),
                            .clauses = {sql.when(MergeClauseKind::MatchedDelete, {})}});
  CHECK(databricks(tree, merge, &rewrites) == R"(merge into t as t
using (
  select a -- the key
  from main.silver.t
) as s
on t.a = s.a
when matched then delete)");
  CHECK(databricks(tree, sql.embedded(), &rewrites) == "error: an embedded tree that nobody registered");
}
