// Spark's types as 32-bit values. Scalars carry their parameters in the value; nested types are interned once for
// the life of the process (thread-safe). Equal types are equal values. Source: Spark 4.2, docs/sql-ref-datatypes.md.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "base/symbol.h"

namespace pipec::sql {

enum class TypeKind : uint8_t {
  Error,  // poison: something was reported already, or nothing is known; silences what follows ("unknown")
  Void,   // the type of NULL
  Boolean,
  TinyInt,
  SmallInt,
  Int,
  BigInt,
  Float,
  Double,
  Decimal,
  String,
  Char,
  Varchar,
  Binary,
  Date,
  Time,
  Timestamp,
  TimestampNtz,
  IntervalYearMonth,
  IntervalDayTime,
  CalendarInterval,
  Variant,
  Array,
  Map,
  Struct,
};

enum class IntervalField : uint8_t { Year, Month, Day, Hour, Minute, Second };

struct StructFieldType;

class Type {
 public:
  constexpr Type() = default;  // Error
  constexpr Type(TypeKind kind) : bits_(static_cast<uint32_t>(kind) << 24) {}
  static Type decimal(int precision, int scale);     // 1 <= p <= 38, 0 <= s <= p
  static Type character(TypeKind kind, int length);  // Char or Varchar
  static Type time(int precision);
  static Type interval(IntervalField first, IntervalField last);  // year-month or day-time by the fields
  static Type array(Type element, bool contains_null);
  static Type map(Type key, Type value, bool value_contains_null);
  static Type structure(std::vector<StructFieldType> fields);

  constexpr TypeKind kind() const { return static_cast<TypeKind>(bits_ >> 24); }
  constexpr bool is(TypeKind k) const { return kind() == k; }
  int precision() const { return (bits_ >> 8) & 0xff; }
  int scale() const { return bits_ & 0xff; }
  int length() const { return bits_ & 0xffffff; }
  IntervalField first_field() const { return static_cast<IntervalField>((bits_ >> 4) & 0xf); }
  IntervalField last_field() const { return static_cast<IntervalField>(bits_ & 0xf); }
  Type element() const;                             // Array
  Type key() const;                                 // Map
  Type value() const;                               // Map
  bool contains_null() const;                       // Array: elements, Map: values
  std::span<const StructFieldType> fields() const;  // Struct

  bool is_integral() const { return kind() >= TypeKind::TinyInt && kind() <= TypeKind::BigInt; }
  bool is_numeric() const { return kind() >= TypeKind::TinyInt && kind() <= TypeKind::Decimal; }
  bool is_fractional() const { return is(TypeKind::Float) || is(TypeKind::Double); }
  bool is_string() const { return is(TypeKind::String) || is(TypeKind::Char) || is(TypeKind::Varchar); }
  bool is_interval() const { return kind() >= TypeKind::IntervalYearMonth && kind() <= TypeKind::CalendarInterval; }
  bool is_datetime() const { return is(TypeKind::Date) || is(TypeKind::Timestamp) || is(TypeKind::TimestampNtz); }
  bool is_nested() const { return kind() >= TypeKind::Array; }
  bool is_error() const { return is(TypeKind::Error); }

  /// Spark's catalogString: "decimal(10,2)", "array<int>", "struct<a:int>", "interval day to second"; "unknown".
  std::string text() const;
  friend constexpr bool operator==(Type, Type) = default;

 private:
  constexpr explicit Type(uint32_t bits) : bits_(bits) {}
  static Type nested(TypeKind kind, uint32_t id);
  uint32_t bits_ = 0;
};

struct StructFieldType {
  Symbol name;
  Type type;
  bool nullable = true;
  friend bool operator==(const StructFieldType&, const StructFieldType&) = default;
};

}  // namespace pipec::sql
