#include <catch2/catch.hpp>
#include <fstream>

#include "ast/build.h"
#include "print_test.h"
#include "syntax/parse.h"

using namespace pipec;
using namespace pipec::ast;
using namespace pipec::print;
using namespace std::string_view_literals;

namespace {

std::string literal(std::string_view value, const Dialect& dialect) {
  Tree tree;
  SqlBuilder sql(tree);
  NodeId node = sql.string(value);
  return &dialect == &kPostgres ? postgres(tree, node) : databricks(tree, node);
}

std::string identifier(std::string_view value, const Dialect& dialect) {
  return print_identifier(Symbol::of(value), dialect);
}

}  // namespace

TEST_CASE("strings of Databricks") {
  CHECK(literal("it's", kDatabricks) == R"('it\'s')");
  CHECK(literal("a\\b", kDatabricks) == R"('a\\b')");
  CHECK(literal("\\'; drop table t; --", kDatabricks) == R"('\\\'; drop table t; --')");
  CHECK(literal("a\nb\rc\td", kDatabricks) == R"('a\nb\rc\td')");
  CHECK(literal("\x01\x7f", kDatabricks) == R"('\u0001\u007f')");
  CHECK(literal("a\0b"sv, kDatabricks) == R"('a\000b')");
  CHECK(literal("${env:HOME} $x {{ y }}", kDatabricks) == R"('\u0024{env:HOME} $x \u007b{ y }}')");
  CHECK(literal("50% _\\%", kDatabricks) == R"('50% _\\%')");
  CHECK(literal("\"größe 日本 🙂", kDatabricks) == "'\"größe 日本 🙂'");
}

TEST_CASE("our own parser reads back what was meant") {
  for (std::string_view value :
       {"it's"sv, "a\\"sv, "\\'"sv, "\\%"sv, "\\_"sv, "a\nb"sv, "\r\n\t"sv, "\x01\x7f\x1a"sv, "${a}"sv, "{{{b}}}"sv,
        "\\u0041"sv, "\\101"sv, "''"sv, "\"x\""sv, "-- x"sv, "/* x */"sv, ""sv}) {
    syntax::ParsedQuery parsed = syntax::parse_expression(literal(value, kDatabricks));
    REQUIRE(parsed.errors.empty());
    CHECK(parsed.tree.name(parsed.tree.root).text() == value);
  }
}

TEST_CASE("strings of PostgreSQL") {
  CHECK(literal("it's", kPostgres) == "'it''s'");
  CHECK(literal("a\\b", kPostgres) == R"('a\b')");
  CHECK(literal("a\nb\\'c\x01", kPostgres) == R"(E'a\nb\\''c\u0001')");
  CHECK(literal("${x} {{y}} 5%", kPostgres) == "'${x} {{y}} 5%'");
  CHECK(literal("a\0b"sv, kPostgres) == "error: PostgreSQL has no text with a NUL character");
}

TEST_CASE("identifiers are bare where that is the same name") {
  CHECK(identifier("order_id", kDatabricks) == "order_id");
  CHECK(identifier("PlayerId", kDatabricks) == "PlayerId");
  CHECK(identifier("PlayerId", kPostgres) == R"("PlayerId")");
  CHECK(identifier("order", kDatabricks) == "`order`");
  CHECK(identifier("ORDER", kDatabricks) == "`ORDER`");
  CHECK(identifier("order", kPostgres) == R"("order")");
  CHECK(identifier("2024_sales", kDatabricks) == "`2024_sales`");
  CHECK(identifier("größe", kDatabricks) == "`größe`");
  CHECK(identifier("a`b", kDatabricks) == "`a``b`");
  CHECK(identifier("a\"b", kPostgres) == R"("a""b")");
  CHECK(identifier("current_user", kPostgres) == R"("current_user")");
  CHECK(identifier("a b; drop table t", kDatabricks) == "`a b; drop table t`");
}

TEST_CASE("words that mean something of their own stay bare where an author wrote them so") {
  Tree tree;
  SqlBuilder sql(tree);
  CHECK(databricks(tree, sql.word("current_date")) == "current_date");
  CHECK(databricks(tree, sql.column("current_date")) == "`current_date`");
  CHECK(postgres(tree, sql.word("current_user")) == "current_user");
  CHECK(printed("select current_date, `current_date`, `a`") == "select current_date, `current_date`, a");
}

TEST_CASE("every word of our token list can be a name of any kind") {
  std::ifstream file(PIPEC_SOURCE_DIR "/grammar/tokens.txt");
  REQUIRE(file);
  bool words = false;
  size_t count = 0;
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with("[")) words = line == "[words]";
    if (!words || line.empty() || line[0] == '[' || line[0] == '#') continue;
    std::string word = line.substr(0, line.find(' '));
    ++count;
    Tree tree;
    SqlBuilder sql(tree);
    NodeId query = sql.select({.ctes = {sql.cte(word, sql.select({.items = {sql.item(sql.integer(1), word)}}))},
                               .items = {sql.item(sql.column(word), word), sql.column(word, word)},
                               .from = {sql.table({word, word}, word)}});
    std::string text = databricks(tree, query);
    INFO(text);
    CHECK(round_trip(text) == "");
  }
  CHECK(count > 150);
}

TEST_CASE("names that no quotes can make right are errors") {
  Tree tree;
  SqlBuilder sql(tree);
  CHECK(postgres(tree, sql.column(std::string(64, 'x'))).starts_with("error: PostgreSQL cuts names"));
  CHECK(postgres(tree, sql.column(std::string(63, 'x'))) == std::string(63, 'x'));
  CHECK(postgres(tree, sql.column("a\0"sv)).starts_with("error: a name cannot hold a NUL"));
  CHECK(databricks(tree, sql.column("${env:HOME}")).starts_with("error: Spark would replace"));
  CHECK(databricks(tree, sql.column("a${b $c{{d}}")) ==
        "error: Spark would replace the variable in this name: `a${b $c{{d}}`");
  CHECK(databricks(tree, sql.column("${a$c{{d")) == "`${a$c{{d`");
  CHECK(databricks(tree, sql.column("")) == "error: a name cannot be empty");
  CHECK(databricks(tree, sql.param("a b")) == "error: `a b` cannot be the name of a parameter");
}

TEST_CASE("parameters") {
  Tree tree;
  SqlBuilder sql(tree);
  NodeId percent = sql.binary(BinaryOp::Modulo, sql.column("a%b"), sql.param("lo"));
  NodeId root = sql.and_all({sql.eq(percent, sql.string("100%")), sql.eq(sql.param("hi"), sql.param("lo"))});
  SqlStyle style;
  style.dialect = &kPostgres;
  PrintResult colon = print_sql(tree, root, style);
  CHECK(colon.sql == R"("a%b" % :lo = '100%' and :hi = :lo)");
  CHECK(colon.parameters == std::vector<Symbol>{Symbol::of("lo"), Symbol::of("hi")});
  style.parameters = ParameterStyle::Percent;
  CHECK(print_sql(tree, root, style).sql == R"("a%%b" %% %(lo)s = '100%%' and %(hi)s = %(lo)s)");
}

TEST_CASE("literals in the words of PostgreSQL") {
  auto pg = [](std::string_view expression) {
    syntax::ParsedQuery parsed = syntax::parse_expression(expression);
    REQUIRE(parsed.errors.empty());
    return postgres(parsed.tree, parsed.tree.root);
  };
  CHECK(pg("1L") == "cast(1 as bigint)");
  CHECK(pg("1e3") == "cast(1e3 as double precision)");
  CHECK(pg("1.5BD") == "1.5");
  CHECK(pg("X'1F'") == R"('\x1F'::bytea)");
  CHECK(pg("timestamp '2020-01-01'") == "timestamptz '2020-01-01'");
  CHECK(pg("timestamp_ntz '2020-01-01'") == "timestamp '2020-01-01'");
  CHECK(pg("interval 1 day -2 hours") == "interval '1 day -2 hour'");
  CHECK(pg("interval '1 2:03:04' day to second") == "interval '1 2:03:04' day to second");
  CHECK(pg("a rlike 'x' and not b rlike 'y'") == "a ~ 'x' and not b ~ 'y'");
  CHECK(pg("v:a") == "error: PostgreSQL has no paths into a value (`v:name`)");
}
