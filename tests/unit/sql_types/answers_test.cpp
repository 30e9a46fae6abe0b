// Our rules against the answers of real Spark, kept in data/ and made by tools/oracle/probe_types.py.
#include <catch2/catch.hpp>

#include "notation.h"

using namespace pipec::sql::test;

static void check_file(const char* name, size_t at_least) {
  size_t count = 0;
  for (const Case& one : cases(name)) {
    std::string spark = one.answer.starts_with("ERROR") ? "ERROR" : one.answer;
    std::string ours = answer(one.question);
    ++count;
    INFO(one.question << "\n  Spark: " << one.answer);
    CHECK(ours == spark);
  }
  CHECK(count >= at_least);
}

TEST_CASE("operators give what Spark's analyser gives") {
  check_file("operators.txt", 2000);
}
TEST_CASE("literals widen decimals by their own digits") {
  check_file("literals.txt", 150);
}
TEST_CASE("casts and common types are Spark's") {
  check_file("casts.txt", 1000);
}
TEST_CASE("calls of functions have Spark's types and nulls") {
  check_file("functions.txt", 1500);
}
