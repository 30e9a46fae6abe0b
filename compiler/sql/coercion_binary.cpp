// Binary and unary operators over anything but dates and intervals (coercion_datetime.cpp). Source: Spark 4.2
// AnsiTypeCoercion.scala, AnsiStringPromotionTypeCoercion.scala, DecimalPrecisionTypeCoercion.scala,
// arithmetic.scala.
#include "sql/coercion.h"
#include "sql/coercion_datetime.h"
#include "sql/coercion_rules.h"
#include "sql/decimal.h"

namespace pipec::sql {
namespace {

using ast::BinaryOp;

BinaryResult result_of(Type type, const Operand& left, const Operand& right, Type left_cast, Type right_cast) {
  BinaryResult result;
  result.type = type;
  result.left = left_cast;
  result.right = right_cast;
  result.nullable = cast_nullable(left.type, left_cast, left.nullable, false) ||
                    cast_nullable(right.type, right_cast, right.nullable, false);
  result.lossy_string = parses_string(left.type, left_cast) || parses_string(right.type, right_cast);
  result.mixed_timestamps = (left.type.is(TypeKind::Timestamp) && right.type.is(TypeKind::TimestampNtz)) ||
                            (left.type.is(TypeKind::TimestampNtz) && right.type.is(TypeKind::Timestamp));
  return result;
}

struct Sides {
  Type left, right;
};

// DecimalPrecisionTypeCoercion.nondecimalAndDecimal; an integer literal counts its own digits, so that
// decimal(38,18) * 2 keeps most of its scale.
Type beside_decimal(const Operand& operand) {
  if (operand.integer && operand.type.is_integral()) return decimal_of_integer(*operand.integer);
  return decimal_of(operand.type);
}

// The types that the rules for all binary operators leave on both sides.
std::optional<Sides> coerced(const Operand& left, const Operand& right) {
  Type l = as_string(left.type), r = as_string(right.type);
  if (l == r) return Sides{l, r};
  if (l.is_string() || r.is_string()) {
    auto promoted = promoted_string(l.is_string() ? r : l);
    if (!promoted) return std::nullopt;
    return Sides{*promoted, *promoted};
  }
  if (l.is_numeric() && r.is_numeric() && (l.is(TypeKind::Decimal) || r.is(TypeKind::Decimal))) {
    if (l.is_fractional() || r.is_fractional()) return Sides{TypeKind::Double, TypeKind::Double};
    return Sides{beside_decimal(left), beside_decimal(right)};
  }
  auto type = tightest_type(l, r);
  if (!type) return std::nullopt;
  return Sides{*type, *type};
}

std::optional<BinaryResult> arithmetic(BinaryOp op, const Operand& left, const Operand& right) {
  if (auto found = datetime_arithmetic(op, left, right)) return found->accepted ? found->result : std::nullopt;
  auto sides = coerced(left, right);
  if (!sides) return std::nullopt;
  if (sides->left.is(TypeKind::Void)) {  // NULL op NULL: the operator's default type
    sides->left = sides->right = op == BinaryOp::IntDiv ? TypeKind::BigInt : TypeKind::Double;
  }
  bool intervals = sides->left.is(TypeKind::IntervalYearMonth) || sides->left.is(TypeKind::IntervalDayTime);
  if (op == BinaryOp::IntDiv) {
    if (!intervals && sides->left.is_integral()) sides->left = sides->right = TypeKind::BigInt;
    if (!intervals && !sides->left.is(TypeKind::BigInt) && !sides->left.is(TypeKind::Decimal)) return std::nullopt;
    BinaryResult result = result_of(TypeKind::BigInt, left, right, sides->left, sides->right);
    result.nullable = true;
    return result;
  }
  bool additive = op == BinaryOp::Add || op == BinaryOp::Subtract;
  if (intervals || sides->left.is(TypeKind::CalendarInterval)) {
    if (!additive) return std::nullopt;
    return result_of(sides->left, left, right, sides->left, sides->right);
  }
  if (!sides->left.is_numeric()) return std::nullopt;
  Type type = sides->left;
  // DivisionTypeCoercion looks at the left side before NULL has become a decimal.
  bool null_divided = op == BinaryOp::Divide && left.type.is(TypeKind::Void);
  if (type.is(TypeKind::Decimal) && !null_divided) {
    type = decimal_arithmetic(op, sides->left, sides->right);
  } else if (op == BinaryOp::Divide) {
    type = sides->left = sides->right = TypeKind::Double;
  }
  BinaryResult result = result_of(type, left, right, sides->left, sides->right);
  // DivModLike.nullable: by the analyser, though ANSI raises an error instead.
  if (!additive && op != BinaryOp::Multiply) result.nullable = true;
  return result;
}

std::optional<BinaryResult> comparison(BinaryOp op, const Operand& left, const Operand& right) {
  bool ordered = op != BinaryOp::Eq && op != BinaryOp::NotEq && op != BinaryOp::NullSafeEq;
  Type l = as_string(left.type), r = as_string(right.type);
  std::optional<Sides> sides;
  if (same_shape(l, r)) {
    sides = Sides{l, r};
  } else if (ordered && ((l.is_integral() && right.decimal_literal) || (r.is_integral() && left.decimal_literal))) {
    // integralAndDecimalLiteral: the literal is rounded to an integer instead.
    sides = Sides{TypeKind::BigInt, TypeKind::BigInt};
    if (l.is(TypeKind::Decimal)) l = TypeKind::BigInt;
    if (r.is(TypeKind::Decimal)) r = TypeKind::BigInt;
    Operand whole_left = left, whole_right = right;
    whole_left.type = l;
    whole_right.type = r;
    return result_of(TypeKind::Boolean, whole_left, whole_right, TypeKind::BigInt, TypeKind::BigInt);
  } else {
    sides = coerced(left, right);
    if (!sides) return std::nullopt;
    if (sides->left.is(TypeKind::Decimal) && sides->right.is(TypeKind::Decimal)) {
      Type literal_left = sides->left, literal_right = sides->right;
      Type wider = wider_decimal(literal_left, literal_right);
      BinaryResult result = result_of(TypeKind::Boolean, left, right, wider, wider);
      // A literal is cast to its digits first, which Spark reckons may give NULL.
      result.nullable = left.nullable || right.nullable || force_nullable(left.type, literal_left) ||
                        force_nullable(right.type, literal_right) || force_nullable(literal_left, wider) ||
                        force_nullable(literal_right, wider);
      if (op == BinaryOp::NullSafeEq) result.nullable = false;
      return result;
    }
  }
  if (!is_orderable(sides->left)) return std::nullopt;
  BinaryResult result = result_of(TypeKind::Boolean, left, right, sides->left, sides->right);
  if (op == BinaryOp::NullSafeEq) result.nullable = false;
  return result;
}

std::optional<BinaryResult> logical(const Operand& left, const Operand& right) {
  auto sides = coerced(left, right);
  if (!sides) return std::nullopt;
  if (!sides->left.is(TypeKind::Boolean) && !sides->left.is(TypeKind::Void)) return std::nullopt;
  return result_of(TypeKind::Boolean, left, right, TypeKind::Boolean, TypeKind::Boolean);
}

std::optional<BinaryResult> bitwise(const Operand& left, const Operand& right) {
  auto sides = coerced(left, right);
  if (!sides) return std::nullopt;
  Type type = sides->left.is(TypeKind::Void) ? Type(TypeKind::Int) : sides->left;
  if (!type.is_integral()) return std::nullopt;
  return result_of(type, left, right, type, type);
}

// BitShiftOperation: a function over (int or bigint, int) rather than an operator.
std::optional<BinaryResult> shift(const Operand& left, const Operand& right) {
  auto value = left.type.is(TypeKind::BigInt) ? left.type : implicit_cast(left.type, TypeKind::Int);
  auto count = implicit_cast(right.type, TypeKind::Int);
  if (!value || !count) return std::nullopt;
  return result_of(*value, left, right, *value, *count);
}

std::optional<BinaryResult> concat(const Operand& left, const Operand& right) {
  Type l = left.type, r = right.type;
  if (l.is(TypeKind::Array) && r.is(TypeKind::Array)) {
    auto type = wider_type(l, r, true);
    if (!type) return std::nullopt;
    return result_of(*type, left, right, same_type(l, *type) ? l : *type, same_type(r, *type) ? r : *type);
  }
  if (l.is(TypeKind::Binary) && r.is(TypeKind::Binary)) return result_of(l, left, right, l, r);
  if (!can_store(l, TypeKind::String) || !can_store(r, TypeKind::String)) return std::nullopt;
  return result_of(TypeKind::String, left, right, TypeKind::String, TypeKind::String);
}

BinaryResult unknown_side(BinaryOp op, const Operand& left, const Operand& right) {
  BinaryResult result;
  bool boolean = op <= BinaryOp::GtEq;  // logical operators and comparisons come first
  bool text = op == BinaryOp::Concat && (left.type.is_string() || right.type.is_string());
  result.type = boolean ? Type(TypeKind::Boolean) : text ? Type(TypeKind::String) : Type();
  result.left = left.type;
  result.right = right.type;
  result.nullable = op != BinaryOp::NullSafeEq;
  return result;
}

}  // namespace

std::optional<BinaryResult> binary_result(BinaryOp op, const Operand& left, const Operand& right) {
  if (left.type.is_error() || right.type.is_error()) return unknown_side(op, left, right);
  switch (op) {
    case BinaryOp::Or:
    case BinaryOp::And:
      return logical(left, right);
    case BinaryOp::Eq:
    case BinaryOp::NullSafeEq:
    case BinaryOp::NotEq:
    case BinaryOp::Lt:
    case BinaryOp::LtEq:
    case BinaryOp::Gt:
    case BinaryOp::GtEq:
      return comparison(op, left, right);
    case BinaryOp::Concat:
      return concat(left, right);
    case BinaryOp::BitOr:
    case BinaryOp::BitXor:
    case BinaryOp::BitAnd:
      return bitwise(left, right);
    case BinaryOp::ShiftLeft:
    case BinaryOp::ShiftRight:
    case BinaryOp::ShiftRightUnsigned:
      return shift(left, right);
    case BinaryOp::Add:
    case BinaryOp::Subtract:
    case BinaryOp::Multiply:
    case BinaryOp::Divide:
    case BinaryOp::Modulo:
    case BinaryOp::IntDiv:
      return arithmetic(op, left, right);
  }
  return std::nullopt;
}

std::optional<Type> unary_result(ast::UnaryOp op, const Operand& operand) {
  Type type = operand.type;
  if (type.is_error()) return op == ast::UnaryOp::Not ? Type(TypeKind::Boolean) : type;
  switch (op) {
    case ast::UnaryOp::Not:
      if (type.is(TypeKind::Boolean) || type.is(TypeKind::Void) || type.is_string()) return Type(TypeKind::Boolean);
      return std::nullopt;
    case ast::UnaryOp::Minus:
    case ast::UnaryOp::Plus:
      if (type.is_string() || type.is(TypeKind::Void)) return Type(TypeKind::Double);
      if (type.is_numeric() || type.is_interval()) return type;
      return std::nullopt;
    case ast::UnaryOp::BitNot:
      if (type.is(TypeKind::Void)) return Type(TypeKind::Int);
      if (type.is_integral()) return type;
      return std::nullopt;
  }
  return std::nullopt;
}

bool unary_nullable(ast::UnaryOp op, const Operand& operand) {
  auto type = unary_result(op, operand);
  return !type || cast_nullable(operand.type, *type, operand.nullable, false);
}

}  // namespace pipec::sql
