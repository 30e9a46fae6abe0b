#include "pipeline/literals.h"

#include <catch2/catch.hpp>

using pipec::pipeline::is_literal_of;
using pipec::sql::Type;
using pipec::sql::TypeKind;

TEST_CASE("whole numbers in range", "[literals]") {
  CHECK(is_literal_of("127", TypeKind::TinyInt));
  CHECK_FALSE(is_literal_of("128", TypeKind::TinyInt));
  CHECK(is_literal_of("-9223372036854775808", TypeKind::BigInt));
  CHECK_FALSE(is_literal_of("9223372036854775808", TypeKind::BigInt));
  for (const char* text : {"", " 1", "1 ", "1.0", "+", "0x1", "1e2"}) CHECK_FALSE(is_literal_of(text, TypeKind::Int));
}

TEST_CASE("decimals that fit", "[literals]") {
  Type money = Type::decimal(5, 2);
  for (const char* text : {"999.99", "-1", "+1.5", ".5", "5.", "000001.10", "1.500"}) CHECK(is_literal_of(text, money));
  for (const char* text : {"1000", "1.001", "1e2", ".", "", "-", "1,5", "NaN"}) CHECK_FALSE(is_literal_of(text, money));
}

TEST_CASE("numbers with an exponent, booleans, texts", "[literals]") {
  CHECK(is_literal_of("2e10", TypeKind::Double));
  CHECK_FALSE(is_literal_of("1e400", TypeKind::Double));
  CHECK_FALSE(is_literal_of("1e39", TypeKind::Float));
  CHECK_FALSE(is_literal_of("Infinity", TypeKind::Double));
  CHECK(is_literal_of("true", TypeKind::Boolean));
  CHECK_FALSE(is_literal_of("yes", TypeKind::Boolean));
  CHECK(is_literal_of("", TypeKind::String));
  CHECK_FALSE(is_literal_of("x", TypeKind::Variant));
}

TEST_CASE("days and times that exist", "[literals]") {
  CHECK(is_literal_of("2024-02-29", TypeKind::Date));
  CHECK_FALSE(is_literal_of("2026-02-29", TypeKind::Date));
  for (const char* text :
       {"2026-01-31", "2026-01-31 10:20:30", "2026-01-31T10:20:30.123456Z", "2026-01-31 10:20:30+05:30"}) {
    CHECK(is_literal_of(text, TypeKind::Timestamp));
  }
  for (const char* text :
       {"2026-01-31 24:00:00", "2026-01-31 10:20", "2026-01-31 10:20:30.1234567", "2026-01-31 10:20:30 x"}) {
    CHECK_FALSE(is_literal_of(text, TypeKind::Timestamp));
  }
  CHECK_FALSE(is_literal_of("2026-01-31 10:20:30Z", TypeKind::TimestampNtz));
}
