// Which casts exist and what they do to NULL. Source: Spark 4.2 Cast.scala (canAnsiCast, canANSIStoreAssign,
// forceNullable), UpCastRule.scala.
#include "sql/coercion.h"
#include "sql/coercion_rules.h"
#include "sql/decimal.h"

namespace pipec::sql {
namespace {

bool is_ansi_interval(Type type) {
  return type.is(TypeKind::IntervalYearMonth) || type.is(TypeKind::IntervalDayTime);
}

// An interval with several fields is no number.
bool is_exact_number(Type type) {
  return type.is_integral() || type.is(TypeKind::Decimal);
}

template <typename Rule>
bool nested(Type from, Type to, Rule rule) {
  if (from.kind() != to.kind()) return false;
  switch (from.kind()) {
    case TypeKind::Array:
      return rule(from.element(), to.element(), from.contains_null(), to.contains_null());
    case TypeKind::Map:
      return rule(from.key(), to.key(), false, false) &&
             rule(from.value(), to.value(), from.contains_null(), to.contains_null());
    case TypeKind::Struct: {
      auto left = from.fields(), right = to.fields();
      if (left.size() != right.size()) return false;
      for (size_t i = 0; i < left.size(); ++i) {
        if (!rule(left[i].type, right[i].type, left[i].nullable, right[i].nullable)) return false;
      }
      return true;
    }
    default:
      return false;
  }
}

// Cast.resolvableNullability: what may be NULL does not become what may not.
bool keeps_nulls(bool from, bool to) {
  return !from || to;
}

bool variant_holds(Type type) {
  switch (type.kind()) {
    case TypeKind::Array:
      return variant_holds(type.element());
    case TypeKind::Map:
      return type.key().is_string() && variant_holds(type.value());
    case TypeKind::Struct:
      for (const StructFieldType& field : type.fields()) {
        if (!variant_holds(field.type)) return false;
      }
      return true;
    case TypeKind::Void:
      return false;
    default:
      return !type.is_interval();
  }
}

}  // namespace

bool is_atomic(Type type) {
  return type.kind() >= TypeKind::Boolean && type.kind() <= TypeKind::Variant && !type.is(TypeKind::CalendarInterval);
}

bool can_cast(Type from, Type to) {
  if (from == to || from.is_error() || to.is_error() || from.is(TypeKind::Void)) return true;
  if (to.is_string()) return true;
  if (to.is(TypeKind::Variant)) {  // objects and intervals need to_variant_object or have no form
    return from.is(TypeKind::Array) ? can_cast(from.element(), to) : is_atomic(from) && !is_ansi_interval(from);
  }
  if (from.is(TypeKind::Variant)) return variant_holds(to);
  switch (to.kind()) {
    case TypeKind::Boolean:
      return from.is_string() || from.is_numeric();
    case TypeKind::Binary:
      return from.is_string();
    case TypeKind::TinyInt:
    case TypeKind::SmallInt:
    case TypeKind::Int:
    case TypeKind::BigInt:
    case TypeKind::Decimal:
      return from.is_string() || from.is(TypeKind::Boolean) || from.is_numeric() || from.is(TypeKind::Timestamp) ||
             from.is(TypeKind::Time) || is_ansi_interval(from);
    case TypeKind::Float:
    case TypeKind::Double:
      return from.is_string() || from.is(TypeKind::Boolean) || from.is_numeric() || from.is(TypeKind::Timestamp);
    case TypeKind::Date:
      return from.is_string() || from.is_datetime();
    case TypeKind::Timestamp:
      return from.is_string() || from.is_datetime() || from.is_numeric();
    case TypeKind::TimestampNtz:
      return from.is_string() || from.is_datetime();
    case TypeKind::Time:
      return from.is_string() || from.is(TypeKind::Time);
    case TypeKind::IntervalYearMonth:
    case TypeKind::IntervalDayTime:
      return from.is_string() || from.kind() == to.kind() || is_exact_number(from);
    case TypeKind::CalendarInterval:
      return from.is_string();
    default:
      return nested(from, to, [](Type a, Type b, bool null_a, bool null_b) {
        return keeps_nulls(null_a, null_b) && can_cast(a, b);
      });
  }
}

bool force_nullable(Type from, Type to) {
  if (from == to || from.is(TypeKind::Void)) return false;
  if (from.is(TypeKind::Variant)) return true;
  if (from.is_string()) return !to.is_string() && !to.is(TypeKind::Binary);
  if (to.is_string()) return false;
  if (from.is(TypeKind::Time) && (to.is(TypeKind::TinyInt) || to.is(TypeKind::SmallInt))) return true;
  if (to.is(TypeKind::Date)) return !from.is(TypeKind::Timestamp);
  if (from.is(TypeKind::Date)) return !to.is(TypeKind::Timestamp);
  if (to.is(TypeKind::CalendarInterval)) return true;
  if (to.is(TypeKind::Decimal)) {  // Cast.canNullSafeCastToDecimal
    if (from.is(TypeKind::Boolean)) return to.precision() == to.scale();
    if (!from.is_numeric()) return true;
    if (is_wider_decimal(to, from)) return false;
    return !from.is(TypeKind::Decimal) || to.precision() - to.scale() <= from.precision() - from.scale();
  }
  if (from.is_fractional()) return to.is_integral() || to.is(TypeKind::Timestamp);
  if (from.is(TypeKind::Decimal)) return to.is_integral();
  if (from.is(TypeKind::Timestamp)) return to.is_integral() && !to.is(TypeKind::BigInt);
  return false;
}

bool can_up_cast(Type from, Type to) {
  if (from == to || from.is(TypeKind::Void)) return true;
  if (from.is(TypeKind::Variant)) return false;
  if (to.is_string()) return is_atomic(from) || from.is(TypeKind::CalendarInterval);
  if (from.is_numeric() && to.is_numeric()) {
    if (to.is(TypeKind::Decimal)) return is_wider_decimal(to, from);
    if (from.is(TypeKind::Decimal)) return to.is_integral() && is_wider_decimal(decimal_of(to), from);
    return from.kind() <= to.kind();
  }
  if (from.is(TypeKind::Timestamp) && to.is(TypeKind::BigInt)) return true;
  if (from.is(TypeKind::BigInt) && to.is(TypeKind::Timestamp)) return true;
  if (from.is_datetime() && to.is_datetime()) return !to.is(TypeKind::Date);
  if (is_ansi_interval(from)) return from.kind() == to.kind();
  return nested(from, to, [](Type a, Type b, bool null_a, bool null_b) {
    return keeps_nulls(null_a, null_b) && can_up_cast(a, b);
  });
}

bool can_store(Type from, Type to) {
  if (from == to || from.is(TypeKind::Void)) return true;
  if (from.is_string()) return to.is_string();
  if (to.is_string()) return is_atomic(from) || from.is(TypeKind::CalendarInterval);
  if (from.is_numeric()) return to.is_numeric();
  auto instant = [](Type type) { return type.is_datetime() || type.is(TypeKind::Time); };
  if (instant(from)) return instant(to);
  return nested(from, to, [](Type a, Type b, bool null_a, bool null_b) {
    return keeps_nulls(null_a, null_b) && can_store(a, b);
  });
}

bool cast_nullable(Type from, Type to, bool from_nullable, bool try_cast) {
  if (from_nullable) return true;
  if (!try_cast) return force_nullable(from, to);
  if (from.is(TypeKind::Decimal) && to.is_integral()) return true;  // Spark does not look at the digits here
  return !can_up_cast(from, to) && !(from.is_string() && to.is(TypeKind::Binary));
}

bool can_try_cast(Type from, Type to) {
  if (!can_cast(from, to)) return false;
  if (from.kind() != to.kind() || !from.is_nested()) return true;
  if (from.is(TypeKind::Array)) return can_try_cast(from.element(), to.element());
  if (from.is(TypeKind::Struct)) {
    auto left = from.fields(), right = to.fields();
    for (size_t i = 0; i < left.size(); ++i) {
      if (!can_try_cast(left[i].type, right[i].type)) return false;
    }
    return true;
  }
  return !force_nullable(from.key(), to.key()) && can_try_cast(from.value(), to.value());
}

bool widens(Type from, Type to) {
  if (from == to || from.is_error() || to.is_error() || from.is(TypeKind::Void)) return true;
  if (from.is_string()) {
    if (!to.is_string()) return false;
    if (to.is(TypeKind::String)) return true;
    return !from.is(TypeKind::String) && to.is(TypeKind::Varchar) && from.length() <= to.length();
  }
  if (to.is_string()) return false;
  if (from.is_integral() && to.is_fractional()) {  // the mantissa holds 24 and 53 bits
    return to.is(TypeKind::Double) ? !from.is(TypeKind::BigInt)
                                   : from.is(TypeKind::TinyInt) || from.is(TypeKind::SmallInt);
  }
  if (from.is_numeric() && to.is_numeric()) return can_up_cast(from, to);
  // A timestamp without zone becomes another instant in another session's zone.
  if (from.is_datetime() || to.is_datetime()) {
    return from.is(TypeKind::Date) && to.is(TypeKind::TimestampNtz);
  }
  if (is_ansi_interval(from)) {
    return from.kind() == to.kind() && to.first_field() <= from.first_field() && to.last_field() >= from.last_field();
  }
  return nested(from, to,
                [](Type a, Type b, bool null_a, bool null_b) { return keeps_nulls(null_a, null_b) && widens(a, b); });
}

}  // namespace pipec::sql
