#include <algorithm>
#include <catch2/catch.hpp>

#include "notation.h"

using namespace pipec;
using namespace pipec::sql;
using pipec::sql::test::parse_marked;

static Argument argument(const char* type) {
  Argument result;
  auto marked = parse_marked(type);
  result.operand.type = marked.type;
  result.operand.nullable = marked.nullable;
  return result;
}

TEST_CASE("functions are found in any case, and only those") {
  REQUIRE(find_function("Coalesce") != nullptr);
  CHECK(find_function("coalesce")->name == "coalesce");
  CHECK(find_function("COALESCE") == find_function("coalesce"));
  CHECK(find_function("colaesce") == nullptr);
  CHECK(find_function("") == nullptr);
  auto names = all_function_names();
  CHECK(names.size() >= 500);
  CHECK(std::is_sorted(names.begin(), names.end()));
  for (std::string_view name : names) {
    INFO(name);
    REQUIRE(find_function(name) != nullptr);
    CHECK(find_function(name)->name == name);
    CHECK(is_known_to_spark(name));
  }
  CHECK(is_known_to_spark("From_Avro"));
  CHECK(find_function("from_avro") == nullptr);
  CHECK_FALSE(is_known_to_spark("no_such_function"));
}

TEST_CASE("kinds and determinism") {
  CHECK(find_function("sum")->kind == FunctionKind::Aggregate);
  CHECK(find_function("row_number")->kind == FunctionKind::Window);
  CHECK(find_function("explode")->kind == FunctionKind::Generator);
  CHECK(find_function("range")->kind == FunctionKind::Table);
  CHECK(find_function("rand")->determinism == Determinism::Nondeterministic);
  CHECK(find_function("current_date")->determinism == Determinism::Time);
  CHECK(find_function("upper")->determinism == Determinism::Deterministic);
}

TEST_CASE("what is wrong with a call is said of the argument to blame") {
  CallResult count = resolve_call(*find_function("substring"), std::vector{argument("string")});
  CHECK(count.error == CallError::WrongArgumentCount);
  CHECK(count.expected == "2 or 3 arguments");
  CallResult type = resolve_call(*find_function("add_months"), std::vector{argument("date"), argument("date")});
  CHECK(type.error == CallError::WrongArgumentType);
  CHECK(type.argument == 1);
  CHECK(type.expected == "an int");
  CallResult constant = resolve_call(*find_function("ntile"), std::vector{argument("int")});
  CHECK(constant.error == CallError::NotFoldable);
  CHECK(resolve_call(*find_function("pi"), std::vector{argument("int")}).expected == "no argument");
  CHECK(resolve_call(*find_function("coalesce"), {}).expected == "at least 1 argument");
}

TEST_CASE("a string in a number's place is accepted and told") {
  CallResult call = resolve_call(*find_function("sqrt"), std::vector{argument("string!")});
  REQUIRE(call.error == CallError::None);
  CHECK(call.call.lossy_string);
  CHECK(call.call.argument_types == std::vector<Type>{TypeKind::Double});
  CHECK_FALSE(resolve_call(*find_function("sqrt"), std::vector{argument("int")}).call.lossy_string);
}

TEST_CASE("what is unknown stays unknown, never a guess") {
  CallResult call = resolve_call(*find_function("coalesce"), std::vector{Argument(), argument("int")});
  REQUIRE(call.error == CallError::None);
  CHECK(call.call.type.is_error());
  CHECK(resolve_call(*find_function("length"), std::vector{Argument()}).call.type == TypeKind::Int);
}

TEST_CASE("named arguments go to their places") {
  std::vector<Argument> arguments{argument("string!"), argument("string!")};
  arguments[1].name = "LowerChar";
  arguments[1].operand.foldable = true;
  CallResult call = resolve_call(*find_function("mask"), arguments);
  REQUIRE(call.error == CallError::None);
  CHECK(call.call.type == TypeKind::String);
  CHECK(call.call.argument_types.size() == 2);
  arguments[1].name = "str";
  CHECK(resolve_call(*find_function("mask"), arguments).error == CallError::WrongArgumentCount);
  arguments[1].name = "none";
  CHECK(resolve_call(*find_function("mask"), arguments).error == CallError::WrongArgumentCount);
}

TEST_CASE("fields of arrays_zip are called as the columns are") {
  std::vector<Argument> arguments{argument("array<int!>!"), argument("array<string!>!")};
  arguments[0].column_name = "amounts";
  CallResult call = resolve_call(*find_function("arrays_zip"), arguments);
  CHECK(call.call.type.text() == "array<struct<amounts:int,1:string>>");
  CHECK_FALSE(call.call.nullable);
}

TEST_CASE("schemas in string literals") {
  Argument schema = argument("string!");
  schema.operand.foldable = true;
  schema.is_string_literal = true;
  auto type_of = [&](std::string_view text) {
    schema.string_literal = text;
    CallResult call = resolve_call(*find_function("from_json"), std::vector{argument("string"), schema});
    return call.error == CallError::None ? call.call.type.text() : "error";
  };
  CHECK(type_of("a INT, `b c` ARRAY<DECIMAL(10, 2)> COMMENT 'x', d STRUCT<e: MAP<STRING, INTERVAL DAY>> NOT "
                "NULL") == "struct<a:int,b c:array<decimal(10,2)>,d:struct<e:map<string,interval day>>>");
  CHECK(type_of("map<string,int>") == "map<string,int>");
  CHECK(type_of("struct<>") == "struct<>");
  CHECK(type_of("int") == "error");
  CHECK(type_of("a geometry(4326)") == "unknown");
  CHECK(type_of(std::string(10000, '<')) == "unknown");
}
