// Rules of strings and of texts that hold a type. Source: Spark 4.2 stringExpressions.scala,
// numberFormatExpressions.scala, jsonExpressions.scala, variantExpressions.scala.
#include <algorithm>

#include "sql/coercion.h"
#include "sql/coercion_rules.h"
#include "sql/decimal.h"
#include "sql/functions_rules.h"

namespace pipec::sql {
namespace {

// Everything becomes a string unless all are binary (ConcatTypeCoercion, EltTypeCoercion).
bool as_text(CallState& call, size_t first) {
  bool binary = true;
  for (size_t i = first; i < call.size(); ++i) binary = binary && call.types[i].is(TypeKind::Binary);
  if (binary) {
    call.give(TypeKind::Binary);
    return true;
  }
  for (size_t i = first; i < call.size(); ++i) {
    if (!can_store(call.types[i], TypeKind::String)) {
      call.wrong_type(static_cast<int>(i), "a string");
      return false;
    }
    call.types[i] = TypeKind::String;
  }
  call.give(TypeKind::String);
  return true;
}

size_t characters(std::string_view text) {
  auto continues = [](char c) { return (c & 0xC0) == 0x80; };  // of a character in UTF-8
  return text.size() - static_cast<size_t>(std::count_if(text.begin(), text.end(), continues));
}

}  // namespace

namespace rules {

void concat(CallState& call) {
  if (call.size() == 0) return call.give(TypeKind::String, NullRule::Never);
  bool arrays = std::all_of(call.types.begin(), call.types.end(), [](Type t) { return t.is(TypeKind::Array); });
  if (!arrays) {
    as_text(call, 0);
    return;
  }
  auto common = common_type(call.types);
  if (!common) return call.wrong_type(static_cast<int>(call.size()) - 1, "an array that fits the others");
  for (Type& type : call.types) {
    if (!same_type(type, *common)) type = *common;
  }
  call.give(*common);
}

void elt(CallState& call) {
  as_text(call, 1);
}

void pad(CallState& call) {  // BinaryPad where both are binary, else StringLPad
  bool binary = call.types[0].is(TypeKind::Binary) && (call.size() < 3 || call.given(2).is(TypeKind::Binary));
  if (!binary) {
    call.types[0] = TypeKind::String;
    if (call.size() > 2) call.types[2] = TypeKind::String;
  }
  call.give(binary ? TypeKind::Binary : TypeKind::String);
}

void overlay(CallState& call) {
  if (call.types[0].is(TypeKind::Binary) != call.types[1].is(TypeKind::Binary)) {
    return call.wrong_type(1, "the type of the first argument");
  }
  call.give(as_string(call.types[0]));
}

void to_char(CallState& call) {
  Type type = call.types[0];
  call.give(TypeKind::String);
  if (type.is_datetime()) {
    call.types[0] = TypeKind::Timestamp;
    return;
  }
  if (!call.arguments[1].operand.foldable) return call.fail(CallError::NotFoldable, 1, "a format");
  if (type.is(TypeKind::Binary)) return;
  if (type.is_numeric()) {
    call.types[0] = decimal_of(type);
  } else if (type.is_string() || type.is(TypeKind::Void)) {
    call.types[0] = Type::decimal(kMaxPrecision, 18);
  } else {
    call.wrong_type(0, "a number, date, timestamp or binary");
  }
}

void to_number(CallState& call) {  // ToNumberParser.parsedDecimalType: the digits of the format
  if (!call.arguments[1].is_string_literal) return call.give(Type());
  int digits = 0, scale = 0;
  bool after_point = false;
  for (char c : call.arguments[1].string_literal) {
    if (c == '.' || c == 'D' || c == 'd') after_point = true;
    if (c != '0' && c != '9') continue;
    ++digits;
    if (after_point) ++scale;
  }
  if (digits == 0 || digits > kMaxPrecision) return call.fail(CallError::BadLiteral, 1, "a format of 1 to 38 digits");
  call.give(Type::decimal(digits, scale));
}

void contains(CallState& call) {  // over two binaries; else over strings
  bool binary = call.types[0].is(TypeKind::Binary) && call.types[1].is(TypeKind::Binary);
  if (!binary) call.types[0] = call.types[1] = TypeKind::String;
  call.give(TypeKind::Boolean, binary ? NullRule::Maybe : NullRule::AnyArgument);
}

void mask(CallState& call) {
  for (size_t i = 1; i < call.size(); ++i) {
    const Argument& argument = call.arguments[i];
    if (!argument.is_string_literal || characters(argument.string_literal) == 1) continue;
    return call.fail(CallError::BadLiteral, static_cast<int>(i), "one character");
  }
  call.give(TypeKind::String, NullRule::Maybe);
}

void to_binary(CallState& call) {
  call.give(TypeKind::Binary, call.nulls);
  if (call.size() < 2 || call.given(1).is(TypeKind::Void)) return;
  static constexpr std::string_view kFormats[] = {"HEX", "UTF-8", "UTF8", "BASE64"};
  std::string format = upper_case(call.arguments[1].string_literal);
  if (call.given(1).is_string() && !call.arguments[1].is_string_literal) return;
  if (std::find(std::begin(kFormats), std::end(kFormats), format) == std::end(kFormats)) {
    call.fail(CallError::BadLiteral, 1, "'hex', 'utf-8' or 'base64'");
  }
  if (format == "BASE64") call.nulls = NullRule::AnyArgument;
}

void like(CallState& call) {
  call.give(TypeKind::Boolean, call.nulls);
  if (call.size() < 3 || !call.arguments[2].is_string_literal) return;
  if (characters(call.arguments[2].string_literal) != 1) {
    call.fail(CallError::BadLiteral, 2, "one character");
  }
}

void from_text(CallState& call) {
  std::string_view name = call.function.name;
  if (!call.given(1).is_string()) return call.wrong_type(1, "a schema in a string literal");
  if (!call.arguments[1].is_string_literal) return call.give(Type());  // schema_of_json('...'): looks at the data
  auto type = parse_type_text(call.arguments[1].string_literal, true);
  if (!type) return call.give(Type());
  bool nested = type->is_nested() || type->is(TypeKind::Variant);
  if (name == "from_json" ? !nested : !type->is(TypeKind::Struct) && !type->is(TypeKind::Variant)) {
    return call.fail(CallError::BadLiteral, 1, "the schema of a struct, array or map");
  }
  call.give(*type);
}

void variant_get(CallState& call) {
  if (call.size() < 3) return call.give(TypeKind::Variant);
  if (!call.arguments[2].is_string_literal) return call.give(Type());
  auto type = parse_type_text(call.arguments[2].string_literal, false);
  call.give(type ? *type : Type());
}

void to_variant_object(CallState& call) {
  if (!call.types[0].is_nested()) return call.wrong_type(0, "an array, map or struct");
  call.give(TypeKind::Variant);
}

}  // namespace rules
}  // namespace pipec::sql
