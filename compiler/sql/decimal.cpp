#include "sql/decimal.h"

#include <algorithm>

namespace pipec::sql {

Type decimal_of(Type numeric) {
  switch (numeric.kind()) {
    case TypeKind::TinyInt:
      return Type::decimal(3, 0);
    case TypeKind::SmallInt:
      return Type::decimal(5, 0);
    case TypeKind::Int:
      return Type::decimal(10, 0);
    case TypeKind::BigInt:
      return Type::decimal(20, 0);
    case TypeKind::Float:
      return Type::decimal(14, 7);
    case TypeKind::Double:
      return Type::decimal(30, 15);
    default:
      return numeric;
  }
}

Type decimal_of_integer(int64_t value) {
  int digits = 1;
  for (uint64_t rest = value < 0 ? 0 - static_cast<uint64_t>(value) : static_cast<uint64_t>(value); rest >= 10;
       rest /= 10) {
    ++digits;
  }
  return Type::decimal(digits, 0);
}

Type adjusted_decimal(int precision, int scale) {
  if (precision <= kMaxPrecision) return Type::decimal(precision, scale);
  constexpr int kMinimumScale = 6;
  int integral = precision - scale;
  return Type::decimal(kMaxPrecision, std::max(kMaxPrecision - integral, std::min(scale, kMinimumScale)));
}

Type wider_decimal(Type a, Type b) {
  int scale = std::max(a.scale(), b.scale());
  int precision = std::max(a.precision() - a.scale(), b.precision() - b.scale()) + scale;
  if (precision <= kMaxPrecision) return Type::decimal(precision, scale);
  return Type::decimal(kMaxPrecision, std::max(0, scale - (precision - kMaxPrecision)));
}

bool is_wider_decimal(Type a, Type b) {
  if (b.is_fractional()) return false;
  b = decimal_of(b);
  return a.precision() - a.scale() >= b.precision() - b.scale() && a.scale() >= b.scale();
}

Type decimal_arithmetic(ast::BinaryOp op, Type left, Type right) {
  int p1 = left.precision(), s1 = left.scale(), p2 = right.precision(), s2 = right.scale();
  switch (op) {
    case ast::BinaryOp::Multiply:
      return adjusted_decimal(p1 + p2 + 1, s1 + s2);
    case ast::BinaryOp::Divide: {
      int scale = std::max(6, s1 + p2 + 1);
      return adjusted_decimal(p1 - s1 + s2 + scale, scale);
    }
    case ast::BinaryOp::Modulo: {
      int scale = std::max(s1, s2);
      return adjusted_decimal(std::min(p1 - s1, p2 - s2) + scale, scale);
    }
    default: {  // Add, Subtract: one digit for the carry
      int scale = std::max(s1, s2);
      return adjusted_decimal(std::max(p1 - s1, p2 - s2) + scale + 1, scale);
    }
  }
}

}  // namespace pipec::sql
