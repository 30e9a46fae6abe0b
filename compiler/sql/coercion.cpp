// Common types. Source: Spark 4.2 AnsiTypeCoercion.scala, TypeCoercionHelper.scala.
#include "sql/coercion.h"

#include <algorithm>

#include "sql/coercion_rules.h"
#include "sql/decimal.h"

namespace pipec::sql {
namespace {

using Combine = std::optional<Type> (*)(Type, Type);

std::optional<Type> combine_nested(Type a, Type b, Combine combine) {
  if (a.kind() != b.kind()) return std::nullopt;
  switch (a.kind()) {
    case TypeKind::Array: {
      auto element = combine(a.element(), b.element());
      if (!element) return std::nullopt;
      return Type::array(*element, a.contains_null() || b.contains_null() || force_nullable(a.element(), *element) ||
                                       force_nullable(b.element(), *element));
    }
    case TypeKind::Map: {
      auto key = combine(a.key(), b.key());
      if (!key || force_nullable(a.key(), *key) || force_nullable(b.key(), *key)) return std::nullopt;
      auto value = combine(a.value(), b.value());
      if (!value) return std::nullopt;
      return Type::map(*key, *value,
                       a.contains_null() || b.contains_null() || force_nullable(a.value(), *value) ||
                           force_nullable(b.value(), *value));
    }
    case TypeKind::Struct: {
      auto left = a.fields(), right = b.fields();
      if (left.size() != right.size()) return std::nullopt;
      std::vector<StructFieldType> fields;
      fields.reserve(left.size());
      for (size_t i = 0; i < left.size(); ++i) {
        if (left[i].name.folded() != right[i].name.folded()) return std::nullopt;
        auto type = combine(left[i].type, right[i].type);
        if (!type) return std::nullopt;
        fields.push_back({left[i].name, *type,
                          left[i].nullable || right[i].nullable || force_nullable(left[i].type, *type) ||
                              force_nullable(right[i].type, *type)});
      }
      return Type::structure(std::move(fields));
    }
    default:
      return std::nullopt;
  }
}

// What two types share without widening a decimal; nullopt also where they are nested (their parts decide).
std::optional<Type> tightest_flat(Type a, Type b) {
  if (a == b || b.is(TypeKind::Void)) return a;
  if (a.is(TypeKind::Void)) return b;
  if (a.is_numeric() && b.is_numeric()) {
    if (a.is(TypeKind::Decimal) || b.is(TypeKind::Decimal)) {
      if (a.is_integral() && is_wider_decimal(b, a)) return b;
      if (b.is_integral() && is_wider_decimal(a, b)) return a;
      return std::nullopt;
    }
    Type wider = a.kind() > b.kind() ? a : b;
    return wider.is(TypeKind::Float) ? Type(TypeKind::Double) : wider;  // a float loses digits of an integer
  }
  if (a.is_datetime() && b.is_datetime()) {
    bool zoned = a.is(TypeKind::Timestamp) || b.is(TypeKind::Timestamp);
    return zoned ? TypeKind::Timestamp : TypeKind::TimestampNtz;
  }
  if (a.kind() == b.kind() && (a.is(TypeKind::IntervalYearMonth) || a.is(TypeKind::IntervalDayTime))) {
    return Type::interval(std::min(a.first_field(), b.first_field()), std::max(a.last_field(), b.last_field()));
  }
  return std::nullopt;
}

std::optional<Type> wider_decimal_type(Type a, Type b) {
  if (!a.is_numeric() || !b.is_numeric() || (!a.is(TypeKind::Decimal) && !b.is(TypeKind::Decimal))) {
    return std::nullopt;
  }
  if (a.is_fractional() || b.is_fractional()) return Type(TypeKind::Double);
  return wider_decimal(decimal_of(a), decimal_of(b));
}

std::optional<Type> wider(Type a, Type b) {
  return wider_type(a, b, true);
}
std::optional<Type> wider_no_strings(Type a, Type b) {
  return wider_type(a, b, false);
}

/// Of inline tables, by the rules from before ANSI: a float takes in integers.
std::optional<Type> wider_in_rows(Type a, Type b) {
  bool float_and_integer = (a.is(TypeKind::Float) && b.is_integral()) || (b.is(TypeKind::Float) && a.is_integral());
  if (float_and_integer) return Type(TypeKind::Float);
  if (a.is_nested() && b.is_nested() && a != b) return combine_nested(a, b, wider_in_rows);
  return wider_no_strings(a, b);
}

std::optional<Type> fold(std::span<const Type> types, Combine combine) {
  Type result = TypeKind::Void;
  for (Type type : types) {
    auto next = combine(result, type);
    if (!next) return std::nullopt;
    result = *next;
  }
  return result;
}

}  // namespace

Type as_string(Type type) {
  return type.is_string() ? Type(TypeKind::String) : type;
}

bool same_type(Type a, Type b) {
  if (a == b) return true;
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case TypeKind::Array:
      return same_type(a.element(), b.element());
    case TypeKind::Map:
      return same_type(a.key(), b.key()) && same_type(a.value(), b.value());
    case TypeKind::Struct: {
      auto left = a.fields(), right = b.fields();
      if (left.size() != right.size()) return false;
      for (size_t i = 0; i < left.size(); ++i) {
        if (left[i].name.folded() != right[i].name.folded() || !same_type(left[i].type, right[i].type)) return false;
      }
      return true;
    }
    default:
      return false;
  }
}

bool same_shape(Type a, Type b) {
  if (a == b) return true;
  if (a.kind() != b.kind()) return false;
  switch (a.kind()) {
    case TypeKind::Array:
      return same_shape(a.element(), b.element());
    case TypeKind::Map:
      return same_shape(a.key(), b.key()) && same_shape(a.value(), b.value());
    case TypeKind::Struct: {
      auto left = a.fields(), right = b.fields();
      if (left.size() != right.size()) return false;
      for (size_t i = 0; i < left.size(); ++i) {
        if (!same_shape(left[i].type, right[i].type)) return false;
      }
      return true;
    }
    default:
      return false;
  }
}

std::optional<Type> tightest_type(Type a, Type b) {
  if (auto flat = tightest_flat(a, b)) return flat;
  return combine_nested(a, b, tightest_type);
}

std::optional<Type> promoted_string(Type other) {
  if (other.is_integral()) return Type(TypeKind::BigInt);
  if (other.is_numeric()) return Type(TypeKind::Double);
  if (other.is(TypeKind::Void) || other.is_string()) return Type(TypeKind::String);
  // Which interval a text means cannot be told.
  if (other.is_interval() || !is_atomic(other)) return std::nullopt;
  return other;
}

std::optional<Type> wider_type(Type a, Type b, bool promote_strings) {
  if (a.is_error() || b.is_error()) return Type();
  if (a != b) {
    a = as_string(a);
    b = as_string(b);
  }
  if (auto flat = tightest_flat(a, b)) return flat;
  if (auto decimal = wider_decimal_type(a, b)) return decimal;
  if (promote_strings && a.is_string()) return promoted_string(b);
  if (promote_strings && b.is_string()) return promoted_string(a);
  return combine_nested(a, b, promote_strings ? wider : wider_no_strings);
}

bool parses_string(Type from, Type to) {
  if (from.is_string()) return !to.is_string() && !to.is(TypeKind::Binary) && !to.is_error();
  if (from.kind() != to.kind()) return false;
  switch (from.kind()) {
    case TypeKind::Array:
      return parses_string(from.element(), to.element());
    case TypeKind::Map:
      return parses_string(from.key(), to.key()) || parses_string(from.value(), to.value());
    case TypeKind::Struct: {
      auto left = from.fields(), right = to.fields();
      for (size_t i = 0; i < left.size() && i < right.size(); ++i) {
        if (parses_string(left[i].type, right[i].type)) return true;
      }
      return false;
    }
    default:
      return false;
  }
}

bool holds(Type type, TypeKind kind) {
  if (type.is(kind)) return true;
  switch (type.kind()) {
    case TypeKind::Array:
      return holds(type.element(), kind);
    case TypeKind::Map:
      return holds(type.key(), kind) || holds(type.value(), kind);
    case TypeKind::Struct: {
      auto fields = type.fields();
      return std::any_of(fields.begin(), fields.end(),
                         [&](const StructFieldType& field) { return holds(field.type, kind); });
    }
    default:
      return false;
  }
}

bool is_orderable(Type type) {
  switch (type.kind()) {
    case TypeKind::Map:
    case TypeKind::Variant:
    case TypeKind::CalendarInterval:
      return false;
    case TypeKind::Array:
      return is_orderable(type.element());
    case TypeKind::Struct:
      for (const StructFieldType& field : type.fields()) {
        if (!is_orderable(field.type)) return false;
      }
      return true;
    default:
      return true;
  }
}

Type merged_nulls(Type type, Type flags) {
  if (type == flags || type.kind() != flags.kind()) return type;
  switch (type.kind()) {
    case TypeKind::Array:
      return Type::array(merged_nulls(type.element(), flags.element()), type.contains_null() || flags.contains_null());
    case TypeKind::Map:
      return Type::map(merged_nulls(type.key(), flags.key()), merged_nulls(type.value(), flags.value()),
                       type.contains_null() || flags.contains_null());
    case TypeKind::Struct: {
      auto left = type.fields(), right = flags.fields();
      if (left.size() != right.size()) return type;
      std::vector<StructFieldType> fields(left.begin(), left.end());
      for (size_t i = 0; i < fields.size(); ++i) {
        fields[i].type = merged_nulls(left[i].type, right[i].type);
        fields[i].nullable = left[i].nullable || right[i].nullable;
      }
      return Type::structure(std::move(fields));
    }
    default:
      return type;
  }
}

std::optional<Type> common_type(std::span<const Type> types) {
  return fold(types, wider);
}
std::optional<Type> common_type_without_strings(std::span<const Type> types) {
  return fold(types, wider_no_strings);
}
std::optional<Type> inline_table_type(std::span<const Type> types) {
  return fold(types, wider_in_rows);
}
std::optional<Type> set_operation_type(Type left, Type right) {
  return wider_type(left, right, true);
}

bool can_coerce(Type from, Type to) {
  if (from.is_error() || to.is_error()) return true;
  return implicit_cast(from, to).has_value();
}

std::optional<Type> implicit_cast(Type from, Type to) {
  if (same_type(from, to)) return from;
  if (from.is_string()) {
    if (to.is_string()) return from;
    // AnsiTypeCoercion.implicitCast: a string becomes any primitive type, for the sake of old queries.
    return is_atomic(to) ? std::optional(to) : std::nullopt;
  }
  return can_store(from, to) ? std::optional(to) : std::nullopt;
}

}  // namespace pipec::sql
