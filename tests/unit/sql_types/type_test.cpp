#include <catch2/catch.hpp>
#include <thread>
#include <vector>

#include "notation.h"
#include "sql/coercion.h"

using namespace pipec;
using namespace pipec::sql;
using pipec::sql::test::parse_marked;

TEST_CASE("types spell themselves as Spark's catalog strings") {
  CHECK(Type().text() == "unknown");
  CHECK(Type::decimal(10, 2).text() == "decimal(10,2)");
  CHECK(Type::interval(IntervalField::Day, IntervalField::Second).text() == "interval day to second");
  CHECK(Type::interval(IntervalField::Month, IntervalField::Month).text() == "interval month");
  CHECK(Type::character(TypeKind::Varchar, 255).text() == "varchar(255)");
  CHECK(parse_marked("map<string,array<struct<a:int!,b:time(3)>!>>").type.text() ==
        "map<string,array<struct<a:int,b:time(3)>>>");
}

TEST_CASE("equal types are equal values, whatever may be NULL included") {
  CHECK(Type::array(TypeKind::Int, true) == Type::array(TypeKind::Int, true));
  CHECK(Type::array(TypeKind::Int, true) != Type::array(TypeKind::Int, false));
  CHECK(Type::map(TypeKind::Int, TypeKind::String, true) != Type::array(TypeKind::Int, true));
  CHECK(parse_marked("struct<a:int>").type != parse_marked("struct<b:int>").type);
  CHECK(Type::decimal(10, 2) != Type::decimal(10, 3));
}

TEST_CASE("nested types are interned from several threads") {
  std::vector<std::vector<Type>> made(4);
  std::vector<std::thread> threads;
  for (auto& types : made) {
    threads.emplace_back([&types] {
      Type type = TypeKind::Int;
      for (int i = 0; i < 2000; ++i) {
        type = Type::array(i % 50 == 0 ? Type(TypeKind::Int) : type, i % 3 == 0);
        types.push_back(type);
        if (type.element().is_error()) types.clear();
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  for (const auto& types : made) CHECK(types == made[0]);
}

TEST_CASE("a store that widens loses nothing") {
  auto fits = [](const char* from, const char* to) { return widens(parse_marked(from).type, parse_marked(to).type); };
  CHECK(fits("int", "bigint"));
  CHECK_FALSE(fits("bigint", "int"));
  CHECK(fits("int", "double"));
  CHECK_FALSE(fits("bigint", "double"));
  CHECK(fits("smallint", "float"));
  CHECK_FALSE(fits("int", "float"));
  CHECK(fits("decimal(10,2)", "decimal(12,2)"));
  CHECK_FALSE(fits("decimal(10,2)", "decimal(12,5)"));
  CHECK_FALSE(fits("decimal(10,2)", "double"));
  CHECK(fits("varchar(10)", "string"));
  CHECK(fits("varchar(10)", "varchar(20)"));
  CHECK_FALSE(fits("string", "varchar(20)"));
  CHECK_FALSE(fits("int", "string"));
  CHECK_FALSE(fits("string", "int"));
  CHECK_FALSE(fits("timestamp", "timestamp_ntz"));
  CHECK(fits("date", "timestamp_ntz"));
  CHECK(fits("array<int!>", "array<bigint>"));
  CHECK_FALSE(fits("array<int>", "array<bigint!>"));
  CHECK(fits("void", "struct<a:int>"));
}
