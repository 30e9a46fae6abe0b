#include <catch2/catch.hpp>
#include <random>

#include "ast/build.h"
#include "print_test.h"
#include "syntax/parse.h"

using namespace pipec;
using namespace pipec::ast;
using pipec::print::databricks;
using pipec::print::postgres;
using pipec::print::printed;
using pipec::print::round_trip;

namespace {

struct Built {
  Tree tree;
  SqlBuilder sql{tree};
  NodeId a = sql.column("a"), b = sql.column("b"), c = sql.column("c");
  std::string spark(NodeId id) { return databricks(tree, id); }
  std::string pg(NodeId id) { return postgres(tree, id); }
};

}  // namespace

TEST_CASE("parentheses are put where a tree needs them, and only there") {
  Built x;
  SqlBuilder& sql = x.sql;
  auto bin = [&](BinaryOp op, NodeId left, NodeId right) { return sql.binary(op, left, right); };
  CHECK(x.spark(bin(BinaryOp::Multiply, bin(BinaryOp::Add, x.a, x.b), x.c)) == "(a + b) * c");
  CHECK(x.spark(bin(BinaryOp::Add, bin(BinaryOp::Multiply, x.a, x.b), x.c)) == "a * b + c");
  CHECK(x.spark(bin(BinaryOp::Subtract, x.a, bin(BinaryOp::Subtract, x.b, x.c))) == "a - (b - c)");
  CHECK(x.spark(bin(BinaryOp::Subtract, bin(BinaryOp::Subtract, x.a, x.b), x.c)) == "a - b - c");
  CHECK(x.spark(sql.and_all({sql.or_all({x.a, x.b}), x.c})) == "(a or b) and c");
  CHECK(x.spark(sql.not_(sql.and_all({x.a, x.b}))) == "not (a and b)");
  CHECK(x.spark(sql.and_all({sql.not_(x.a), x.b})) == "not a and b");
  CHECK(x.spark(sql.is_null(sql.eq(x.a, x.b))) == "(a = b) is null");
  CHECK(x.spark(sql.eq(sql.is_null(x.a), x.b)) == "(a is null) = b");
  CHECK(x.spark(sql.not_(sql.is_null(x.a))) == "not a is null");
  CHECK(x.spark(sql.field(x.a, "x")) == "(a).x");
  CHECK(x.spark(sql.integer(-5)) == "-5");
  CHECK(x.spark(bin(BinaryOp::Subtract, x.a, sql.integer(-5))) == "a - -5");
  NodeId minus = x.tree.add(NodeKind::Unary, {sql.integer(-5)}, {}, static_cast<uint8_t>(UnaryOp::Minus));
  CHECK(x.spark(minus) == "- -5");
  CHECK(x.spark(sql.eq(sql.exists(sql.select({.items = {sql.integer(1)}})), x.a)) == "(exists (select 1)) = a");
}

TEST_CASE("PostgreSQL reads || and bit operators less tightly than +") {
  Built x;
  NodeId joined = x.sql.binary(BinaryOp::Concat, x.a, x.sql.binary(BinaryOp::Add, x.b, x.c));
  CHECK(x.spark(joined) == "a || (b + c)");
  CHECK(x.pg(joined) == "a || b + c");
  NodeId added = x.sql.binary(BinaryOp::Add, x.sql.binary(BinaryOp::Concat, x.a, x.b), x.c);
  CHECK(x.spark(added) == "a || b + c");
  CHECK(x.pg(added) == "(a || b) + c");
}

TEST_CASE("PostgreSQL reads ~ less tightly than +") {
  Built x;
  auto bit_not = [&](NodeId id) {
    return x.tree.add(NodeKind::Unary, {id}, {}, static_cast<uint8_t>(UnaryOp::BitNot));
  };
  NodeId product = x.sql.binary(BinaryOp::Multiply, bit_not(x.a), x.b);
  CHECK(x.spark(product) == "~a * b");
  CHECK(x.pg(product) == "(~a) * b");
  NodeId inner = bit_not(x.sql.binary(BinaryOp::Multiply, x.a, x.b));
  CHECK(x.spark(inner) == "~(a * b)");
  CHECK(x.pg(inner) == "~a * b");
  CHECK(x.pg(bit_not(x.sql.binary(BinaryOp::Multiply, x.sql.integer(-1), x.b))) == "~ -1 * b");
}

TEST_CASE("a comparison that PostgreSQL has no sign for") {
  Built x;
  NodeId same = x.sql.null_safe_eq(x.a, x.sql.binary(BinaryOp::Add, x.b, x.c));
  CHECK(x.spark(same) == "a <=> b + c");
  CHECK(x.pg(x.sql.not_(same)) == "not a is not distinct from b + c");
  CHECK(x.pg(x.sql.binary(BinaryOp::IntDiv, x.a, x.b)) == "error: PostgreSQL has no such operator");
}

TEST_CASE("types") {
  Built x;
  SqlBuilder& sql = x.sql;
  CHECK(x.spark(sql.cast(x.a, sql.type("decimal", {10, 2}))) == "cast(a as decimal(10, 2))");
  CHECK(x.pg(sql.cast(x.a, sql.type("decimal", {10, 2}))) == "cast(a as numeric(10, 2))");
  CHECK(x.pg(sql.cast(x.a, sql.type("string"))) == "cast(a as text)");
  CHECK(x.pg(sql.cast(x.a, sql.type("timestamp"))) == "cast(a as timestamptz)");
  CHECK(x.pg(sql.cast(x.a, sql.type("timestamp_ntz"))) == "cast(a as timestamp)");
  CHECK(x.pg(sql.cast(x.a, sql.type("double"))) == "cast(a as double precision)");
  CHECK(x.pg(sql.cast(x.a, sql.array_of(sql.type("string")))) == "cast(a as text[])");
  NodeId nested = sql.struct_of({{"a b", sql.type("int")}, {"m", sql.map_of(sql.type("string"), sql.type("date"))}});
  CHECK(x.spark(nested) == "struct<`a b`: int, m: map<string, date>>");
  CHECK(x.pg(nested) == "error: PostgreSQL has no type `struct`");
}

TEST_CASE("what PostgreSQL cannot say is an error that names the node") {
  Built x;
  NodeId cast = x.sql.try_cast(x.a, x.sql.type("int"));
  print::SqlStyle style;
  style.dialect = &print::kPostgres;
  print::PrintResult result = print::print_sql(x.tree, x.sql.and_all({cast, x.b}), style);
  REQUIRE(result.errors.size() == 1);
  CHECK(result.errors[0].node == cast);
  CHECK(result.errors[0].tree == &x.tree);
  CHECK(result.errors[0].message == "PostgreSQL has no TRY_CAST");
}

TEST_CASE("forms with words of their own") {
  for (std::string_view query : {
           "select extract(year from a), trim(both 'x' from a), trim(leading from a), trim('x' from a), "
           "trim(a)",
           "select substring(a from 1 for 2), substring(a from 1), position('a' in b), overlay(a placing b "
           "from 1 for 2)",
           "select case a when 1 then 2 end, case when a then b else c end, cast(a as int), try_cast(a as "
           "date), a::int",
           "select count(distinct a, b), first(a) ignore nulls over (order by b), count(*) filter (where a > "
           "1)",
           "select listagg(a, ',') within group (order by b desc nulls last), f(x => 1, y => a + 1)",
           "select transform(a, x -> x + 1), aggregate(a, 0, (acc, x) -> acc + x), a[0].b, v:x.y[1], "
           "v:['k'], a['k']",
           "select interval 1 day, interval '1' day 2 hours, interval '1 2' day to hour, interval -3 month, "
           "interval '1 day'",
           "select date '2020-01-01', timestamp '2020-01-01', timestamp_ntz '2020-01-01', X'1f', 1L, 2S, 3Y, "
           "1.5BD, 1e3, 2D, 3F",
           "select a like 'x' escape '!', a not ilike 'x', a rlike 'x', a like any ('x', 'y'), a not like "
           "all ('x')",
           "select a in (1, 2), a not in (select b from t), a between 1 and 2 + 3, a is not true, a is "
           "distinct from b",
           "select a collate utf8_lcase, :p, ~a & b | c ^ d, a << 1, a >>> 2, not a = b, (a, b) = (1, 2), ()",
           "select sum(a) over w, sum(a) over (w rows 1 preceding), rank() over (partition by a order by b) "
           "from t window w as (order by a)",
           "select cast(a as array<struct<x: int not null, y: map<string, interval day to second>>>), cast(a "
           "as string collate utf8_lcase)",
           "select struct(a as b, 1), `current_date`, current_date, left(a, 1), `select`(1)",
       }) {
    CHECK(round_trip(query) == "");
  }
}

TEST_CASE("NULLs stand where Databricks puts them") {
  Built x;
  auto over = [&](NodeId item) { return x.sql.over(x.sql.call("rank", {}), {}, {item}); };
  CHECK(x.spark(over(x.sql.asc(x.a))) == "rank() over (order by a)");
  CHECK(x.pg(over(x.sql.asc(x.a))) == "rank() over (order by a nulls first)");
  CHECK(x.pg(over(x.sql.desc(x.a))) == "rank() over (order by a desc nulls last)");
  CHECK(x.pg(over(x.sql.nulls_last(x.sql.asc(x.a)))) == "rank() over (order by a)");
}

namespace {

/// Expressions of all kinds of operators, as a generator could build them.
NodeId random_expression(SqlBuilder& sql, std::mt19937& random, int depth) {
  auto next = [&] { return random_expression(sql, random, depth - 1); };
  uint32_t pick = random() % (depth <= 0 ? 4 : 22);
  switch (pick) {
    case 0:
      return sql.column(random() % 2 ? "a" : "order");
    case 1:
      return sql.integer(static_cast<int>(random() % 7) - 3);
    case 2:
      return sql.string("it's");
    case 3:
      return sql.column("t", "b");
    case 4:
      return sql.not_(next());
    case 5:
      return sql.is_null(next());
    case 6:
      return sql.is_distinct(next(), next());
    case 7:
      return sql.in_list(next(), {next(), next()});
    case 8:
      return sql.case_when({{next(), next()}}, next());
    case 9:
      return sql.cast(next(), sql.type("decimal", {10, 2}));
    case 10:
      return sql.call("coalesce", {next(), next()});
    case 11:
      return sql.field(next(), "f");
    case 12: {
      auto op = static_cast<UnaryOp>(1 + random() % 3);
      return sql.tree().add(NodeKind::Unary, {next()}, {}, static_cast<uint8_t>(op));
    }
    case 13:
      return sql.tree().add(NodeKind::Between, {next(), next(), next()}, {}, 0, random() % 2 ? kNegated : 0);
    case 14:
      return sql.tree().add(NodeKind::Cast, {next(), sql.type("int")}, {}, static_cast<uint8_t>(CastOp::DoubleColon));
    case 15:
      return sql.tree().add(NodeKind::Subscript, {next(), next()});
    case 16:
      return sql.tree().add(NodeKind::Like, {next(), next(), {}}, {}, static_cast<uint8_t>(LikeOp::RLike));
    default:
      return sql.binary(static_cast<BinaryOp>(random() % print::kBinaryOps), next(), next());
  }
}

void drop_quotes(Tree& tree) {
  for (uint32_t i = 1; i < tree.size(); ++i) {
    Node& node = tree.mutable_node({i});
    node.flags = static_cast<uint16_t>(node.flags & ~kQuoted);
  }
}

}  // namespace

TEST_CASE("any tree of operators is the same tree when it is printed and parsed") {
  std::mt19937 random(20261121);
  for (int i = 0; i < 3000; ++i) {
    Tree tree;
    SqlBuilder sql(tree);
    NodeId root = random_expression(sql, random, 5);
    std::string text = databricks(tree, root);
    syntax::ParsedQuery again = syntax::parse_expression(text);
    INFO(text);
    REQUIRE(again.errors.empty());
    drop_quotes(tree);
    drop_quotes(again.tree);
    INFO(dump(tree, root) << "\n" << dump(again.tree, again.tree.root));
    REQUIRE(same(tree, root, again.tree, again.tree.root));
  }
}
