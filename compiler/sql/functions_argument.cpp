// Which argument fits which class, and what it is cast to. Source: Spark 4.2 AnsiTypeCoercion.implicitCast,
// ImplicitTypeCoercion, AbstractDataType.
#include "sql/coercion.h"
#include "sql/coercion_rules.h"
#include "sql/decimal.h"
#include "sql/functions_table.h"

namespace pipec::sql {
namespace {

constexpr int kDefaultPrecision = 38, kDefaultScale = 18;  // DecimalType.SYSTEM_DEFAULT

// AbstractDataType.defaultConcreteType.
Type default_type(ArgumentClass wanted) {
  switch (wanted) {
    case ArgumentClass::Any:
    case ArgumentClass::Void:
      return TypeKind::Void;
    case ArgumentClass::Boolean:
      return TypeKind::Boolean;
    case ArgumentClass::TinyInt:
      return TypeKind::TinyInt;
    case ArgumentClass::SmallInt:
      return TypeKind::SmallInt;
    case ArgumentClass::Integral:
    case ArgumentClass::Int:
      return TypeKind::Int;
    case ArgumentClass::BigInt:
      return TypeKind::BigInt;
    case ArgumentClass::Float:
      return TypeKind::Float;
    case ArgumentClass::Numeric:
    case ArgumentClass::Double:
      return TypeKind::Double;
    case ArgumentClass::Decimal:
      return Type::decimal(kDefaultPrecision, kDefaultScale);
    case ArgumentClass::Decimal10_0:
      return Type::decimal(10, 0);
    case ArgumentClass::Decimal16_6:
      return Type::decimal(16, 6);
    case ArgumentClass::Decimal18_6:
      return Type::decimal(18, 6);
    case ArgumentClass::String:
      return TypeKind::String;
    case ArgumentClass::Binary:
      return TypeKind::Binary;
    case ArgumentClass::Date:
      return TypeKind::Date;
    case ArgumentClass::Time:
      return Type::time(6);
    case ArgumentClass::Timestamp:
      return TypeKind::Timestamp;
    case ArgumentClass::TimestampNtz:
      return TypeKind::TimestampNtz;
    case ArgumentClass::CalendarInterval:
      return TypeKind::CalendarInterval;
    case ArgumentClass::IntervalYearMonth:
      return Type::interval(IntervalField::Year, IntervalField::Month);
    case ArgumentClass::IntervalDayTime:
      return Type::interval(IntervalField::Day, IntervalField::Second);
    case ArgumentClass::Variant:
      return TypeKind::Variant;
    case ArgumentClass::Array:
      return Type::array(TypeKind::Void, true);
    case ArgumentClass::ArrayString:
      return Type::array(TypeKind::String, true);
    case ArgumentClass::ArrayDouble:
      return Type::array(TypeKind::Double, true);
    case ArgumentClass::ArrayFloat:
      return Type::array(TypeKind::Float, true);
    case ArgumentClass::ArrayInt:
      return Type::array(TypeKind::Int, true);
    case ArgumentClass::ArrayBigInt:
      return Type::array(TypeKind::BigInt, true);
    case ArgumentClass::Map:
      return Type::map(TypeKind::Void, TypeKind::Void, true);
    case ArgumentClass::MapStringString:
      return Type::map(TypeKind::String, TypeKind::String, true);
    case ArgumentClass::Struct:
      return Type::structure({});
  }
  return {};
}

// AbstractDataType.acceptsType.
bool accepts(ArgumentClass wanted, Type type) {
  switch (wanted) {
    case ArgumentClass::Any:
      return true;
    case ArgumentClass::String:
      return type.is_string();
    case ArgumentClass::Numeric:
      return type.is_numeric();
    case ArgumentClass::Integral:
      return type.is_integral();
    case ArgumentClass::Decimal:
      return type.is(TypeKind::Decimal);
    case ArgumentClass::Time:
      return type.is(TypeKind::Time);
    case ArgumentClass::IntervalYearMonth:
      return type.is(TypeKind::IntervalYearMonth);
    case ArgumentClass::IntervalDayTime:
      return type.is(TypeKind::IntervalDayTime);
    case ArgumentClass::Array:
      return type.is(TypeKind::Array);
    case ArgumentClass::ArrayString:
      return type.is(TypeKind::Array) && type.element().is_string();
    case ArgumentClass::Map:
      return type.is(TypeKind::Map);
    case ArgumentClass::Struct:
      return type.is(TypeKind::Struct);
    case ArgumentClass::Decimal10_0:
    case ArgumentClass::Decimal16_6:
    case ArgumentClass::Decimal18_6:
      return type == default_type(wanted);
    case ArgumentClass::ArrayDouble:
    case ArgumentClass::ArrayFloat:
    case ArgumentClass::ArrayInt:
    case ArgumentClass::ArrayBigInt:
      return type.is(TypeKind::Array) && type.element() == default_type(wanted).element();
    case ArgumentClass::MapStringString:
      return same_type(type, default_type(wanted));
    default:
      return type.kind() == default_type(wanted).kind();
  }
}

std::optional<Type> implicit(ArgumentClass wanted, Type from) {
  if (accepts(wanted, from)) return from;
  if (wanted == ArgumentClass::Decimal && from.is_numeric()) return decimal_of(from);
  bool number = from.is_fractional() || from.is(TypeKind::Decimal);
  if (wanted == ArgumentClass::Integral && number) return std::nullopt;
  if (from.is_string()) {
    switch (wanted) {
      case ArgumentClass::Integral:  // not among the abstract types that a string is read as
      case ArgumentClass::IntervalYearMonth:
      case ArgumentClass::IntervalDayTime:
        return std::nullopt;
      default:
        break;
    }
    Type type = default_type(wanted);
    return is_atomic(type) ? std::optional(type) : std::nullopt;
  }
  Type target = default_type(wanted);
  if (wanted == ArgumentClass::ArrayString && from.is(TypeKind::Array)) {
    if (!can_store(from.element(), TypeKind::String)) return std::nullopt;
    return target;
  }
  if (wanted == ArgumentClass::Time) return std::nullopt;  // a store may, a cast cannot
  if (wanted == ArgumentClass::Struct && !from.is(TypeKind::Void)) return std::nullopt;
  return can_store(from, target) ? std::optional(target) : std::nullopt;
}

constexpr std::string_view kWords[] = {"anything",
                                       "a boolean",
                                       "a tinyint",
                                       "a smallint",
                                       "an int",
                                       "a bigint",
                                       "a float",
                                       "a double",
                                       "a decimal",
                                       "a decimal",
                                       "a decimal",
                                       "a decimal",
                                       "a string",
                                       "a binary",
                                       "a date",
                                       "a time",
                                       "a timestamp",
                                       "a timestamp_ntz",
                                       "an interval",
                                       "a year-month interval",
                                       "a day-time interval",
                                       "a variant",
                                       "NULL",
                                       "a number",
                                       "a whole number",
                                       "an array",
                                       "an array of strings",
                                       "an array of doubles",
                                       "an array of floats",
                                       "an array of ints",
                                       "an array of bigints",
                                       "a map",
                                       "a map of strings",
                                       "a struct"};

}  // namespace

std::optional<Type> accepted_type(std::span<const ArgumentClass> classes, ArgumentMode mode, Type from) {
  if (from.is_error()) return from;
  if (mode == ArgumentMode::Cast) {
    Type target = default_type(classes[0]);
    return can_cast(from, target) ? std::optional(target) : std::nullopt;
  }
  for (ArgumentClass wanted : classes) {
    if (accepts(wanted, from)) return from;
  }
  if (from.is(TypeKind::Void)) return default_type(classes[0]);
  if (mode == ArgumentMode::Exact) return std::nullopt;
  for (ArgumentClass wanted : classes) {
    if (auto type = implicit(wanted, from)) return type;
  }
  return std::nullopt;
}

std::string class_words(std::span<const ArgumentClass> classes) {
  std::string words;
  for (size_t i = 0; i < classes.size(); ++i) {
    std::string_view word = kWords[static_cast<size_t>(classes[i])];
    if (words.find(word) != std::string::npos) continue;
    if (!words.empty()) words += i + 1 == classes.size() ? " or " : ", ";
    words += word;
  }
  return words;
}

}  // namespace pipec::sql
