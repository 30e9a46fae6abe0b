// Rules of conditions, operators under a name, and numbers. Source: Spark 4.2 conditionalExpressions.scala,
// nullExpressions.scala, mathExpressions.scala, randomExpressions.scala.
#include <algorithm>

#include "sql/coercion.h"
#include "sql/coercion_rules.h"
#include "sql/decimal.h"
#include "sql/functions_rules.h"

namespace pipec::sql {
namespace {

using ast::BinaryOp;

void as_operator(CallState& call, BinaryOp op) {
  auto result = binary_result(op, call.arguments[0].operand, call.arguments[1].operand);
  if (!result) return call.wrong_type(1, "a type that fits the first argument");
  call.types[0] = result->left;
  call.types[1] = result->right;
  NullRule nulls = call.nulls;
  if (nulls == NullRule::AnyArgument) nulls = result->nullable ? NullRule::Maybe : NullRule::Never;
  call.give(result->type, nulls);
}

bool check_boolean(CallState& call, size_t i) {
  if (call.types[i].is(TypeKind::Boolean)) return true;
  call.wrong_type(static_cast<int>(i), "a boolean");
  return false;
}

bool check_equal(CallState& call, size_t left, size_t right) {
  if (binary_result(BinaryOp::NullSafeEq, call.arguments[left].operand, call.arguments[right].operand)) return true;
  call.wrong_type(static_cast<int>(right), "a type that fits the first argument");
  return false;
}

bool has_no_hash(Type type) {
  switch (type.kind()) {
    case TypeKind::Map:
    case TypeKind::Variant:
      return true;
    case TypeKind::Array:
      return has_no_hash(type.element());
    case TypeKind::Struct:
      for (const StructFieldType& field : type.fields()) {
        if (has_no_hash(field.type)) return true;
      }
      return false;
    default:
      return false;
  }
}

void hash_as(CallState& call, TypeKind kind) {
  for (size_t i = 0; i < call.size(); ++i) {
    if (has_no_hash(call.types[i])) return call.wrong_type(static_cast<int>(i), "a type without a map or variant");
  }
  call.give(kind, NullRule::Never);
}

}  // namespace

namespace rules {

void op_add(CallState& call) {
  as_operator(call, BinaryOp::Add);
}
void op_subtract(CallState& call) {
  as_operator(call, BinaryOp::Subtract);
}
void op_multiply(CallState& call) {
  as_operator(call, BinaryOp::Multiply);
}
void op_divide(CallState& call) {
  as_operator(call, BinaryOp::Divide);
}
void op_modulo(CallState& call) {
  as_operator(call, BinaryOp::Modulo);
}
void op_int_div(CallState& call) {
  as_operator(call, BinaryOp::IntDiv);
}
void op_and(CallState& call) {
  as_operator(call, BinaryOp::And);
}
void op_or(CallState& call) {
  as_operator(call, BinaryOp::Or);
}
void op_equal(CallState& call) {
  as_operator(call, BinaryOp::NullSafeEq);
}

void between(CallState& call) {
  auto low = binary_result(BinaryOp::GtEq, call.arguments[0].operand, call.arguments[1].operand);
  auto high = binary_result(BinaryOp::LtEq, call.arguments[0].operand, call.arguments[2].operand);
  if (!low || !high) return call.wrong_type(low ? 2 : 1, "a type that fits the first argument");
  call.give(TypeKind::Boolean, low->nullable || high->nullable ? NullRule::Maybe : NullRule::Never);
}

void in_list(CallState& call) {
  auto type = common_of(call, 0, 1);
  if (!type) return;
  if (!is_orderable(*type)) return call.wrong_type(0, "a type that can be compared");
  call.give(TypeKind::Boolean);
}

void common(CallState& call) {
  if (auto type = common_of(call, 0, 1)) call.give(*type, call.nulls);
}

void nvl2(CallState& call) {
  auto type = common_of(call, 1, 1);
  if (!type) return;
  call.give(*type, any_nullable(call, 1, 1) ? NullRule::Maybe : NullRule::Never);
}

void if_value(CallState& call) {
  nvl2(call);
}

void when(CallState& call) {
  bool has_else = call.size() % 2 == 1;
  std::vector<Type> values;
  bool null = !has_else;
  for (size_t i = 0; i < call.size(); ++i) {
    if (i % 2 == 0 && i + 1 < call.size()) {
      if (!check_boolean(call, i)) return;
      continue;
    }
    values.push_back(call.types[i]);
    if (!common_type(values)) return call.wrong_type(static_cast<int>(i), "a type that fits the others");
  }
  Type common = *common_type(values);
  for (size_t i = 1; i < call.size(); i += i + 2 == call.size() ? 1 : 2) {
    if (!same_type(call.types[i], common)) call.types[i] = common;
    null = null || call.nullable(i);
  }
  call.give(common, null ? NullRule::Maybe : NullRule::Never);
}

void decode(CallState& call) {  // decode(expr, search, result, ..., default)
  bool has_default = call.size() % 2 == 0;
  std::vector<Type> values;
  if (!has_default) values.push_back(TypeKind::String);  // Decode: the default is a NULL of type string
  bool null = !has_default;
  auto is_value = [&](size_t i) { return i % 2 == 0 || i + 1 == call.size(); };
  for (size_t i = 1; i < call.size(); ++i) {
    if (!is_value(i)) {
      if (!check_equal(call, 0, i)) return;
      continue;
    }
    values.push_back(call.types[i]);
    if (!common_type(values)) return call.wrong_type(static_cast<int>(i), "a type that fits the others");
  }
  Type common = *common_type(values);
  for (size_t i = 1; i < call.size(); ++i) {
    if (!is_value(i)) continue;
    if (!same_type(call.types[i], common)) call.types[i] = common;
    null = null || call.nullable(i);
  }
  call.give(common, null ? NullRule::Maybe : NullRule::Never);
}

void nullif(CallState& call) {
  if (!binary_result(BinaryOp::Eq, call.arguments[0].operand, call.arguments[1].operand)) {
    return call.wrong_type(1, "a type that fits the first argument");
  }
  call.give(call.types[0]);
  call.nulls = NullRule::Maybe;
}

void nullif_zero(CallState& call) {
  Operand zero;
  zero.type = TypeKind::Int;
  zero.nullable = false;
  zero.integer = 0;
  if (!binary_result(BinaryOp::Eq, call.arguments[0].operand, zero)) return call.wrong_type(0, "a number");
  call.give(call.types[0], NullRule::Maybe);
}

void zero_if_null(CallState& call) {
  const Type sides[] = {call.types[0], TypeKind::Int};
  auto type = common_type(sides);
  if (!type) return call.wrong_type(0, "a number");
  call.types[0] = *type;
  call.give(*type, NullRule::Never);
}

void extreme(CallState& call) {
  auto common = common_type_without_strings(call.types);
  if (!common) {
    for (size_t i = 1; i < call.size(); ++i) {
      if (!common_type_without_strings(std::span(call.types).first(i + 1))) {
        return call.wrong_type(static_cast<int>(i), "a type that fits the others");
      }
    }
  }
  if (!is_orderable(*common)) return call.wrong_type(0, "a type that can be compared");
  for (Type& type : call.types) {
    if (!same_type(type, *common)) type = *common;
  }
  call.give(*common);
}

void whole_number(CallState& call) {  // ceil and floor: the digits before the point, and one for the carry
  Type type = call.types[0];
  if (!type.is(TypeKind::Decimal)) return call.give(TypeKind::BigInt);
  if (type.scale() == 0) return call.give(type);
  call.give(Type::decimal(std::min(type.precision() - type.scale() + 1, kMaxPrecision), 0));
}

void round(CallState& call) {  // RoundBase.dataType
  Type type = call.types[0];
  if (!type.is(TypeKind::Decimal)) return call.give(type);
  int64_t scale = 0;
  if (call.size() > 1) {
    if (!call.arguments[1].operand.integer) return call.give(Type());
    scale = *call.arguments[1].operand.integer;
  }
  int integral = type.precision() - type.scale() + 1;
  if (scale < 0) {
    int64_t digits = std::max<int64_t>(integral, -scale + 1);
    return call.give(Type::decimal(static_cast<int>(std::min<int64_t>(digits, kMaxPrecision)), 0));
  }
  int kept = static_cast<int>(std::min<int64_t>(type.scale(), scale));
  call.give(Type::decimal(std::min(integral + kept, kMaxPrecision), kept));
}

void width_bucket(CallState& call) {
  for (int i = 1; i < 3; ++i) {
    if (call.types[static_cast<size_t>(i)].kind() != call.types[0].kind()) {
      return call.wrong_type(i, "the type of the first argument");
    }
  }
  call.give(TypeKind::BigInt);
}

void nanvl(CallState& call) {
  if (call.given(0).is(TypeKind::Float) && call.given(1).is(TypeKind::Void)) call.types[1] = TypeKind::Float;
  if (call.types[0] != call.types[1]) call.types[0] = call.types[1] = TypeKind::Double;
  call.give(call.types[0]);
}

void uniform(CallState& call) {
  Type low = call.given(0), high = call.given(1);
  if (low.is(TypeKind::Void) || high.is(TypeKind::Void)) return call.give(TypeKind::Double);
  if (low.is(TypeKind::Decimal) || high.is(TypeKind::Decimal)) {
    if (low.is_fractional() || high.is_fractional()) {
      return call.give(low.is(TypeKind::Double) || high.is(TypeKind::Double) ? TypeKind::Double : TypeKind::Float);
    }
    if (!low.is(TypeKind::Decimal)) return call.give(high);
    if (!high.is(TypeKind::Decimal)) return call.give(low);
    return call.give(low.precision() >= high.precision() ? low : high);
  }
  call.give(low.kind() > high.kind() ? low : high);
}

void hash_int(CallState& call) {
  hash_as(call, TypeKind::Int);
}
void hash_bigint(CallState& call) {
  hash_as(call, TypeKind::BigInt);
}

}  // namespace rules
}  // namespace pipec::sql
