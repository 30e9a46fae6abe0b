// Precision and scale: Spark 4.2 DecimalType, DecimalPrecision, arithmetic.scala (ANSI, precision loss
// allowed).
#pragma once

#include <cstdint>

#include "ast/nodes.h"
#include "sql/type.h"

namespace pipec::sql {

inline constexpr int kMaxPrecision = 38;

/// DecimalType.forType: the decimal that holds every value of a number type. A decimal is its own.
Type decimal_of(Type numeric);
/// The decimal with just the digits of a literal: DataTypeUtils.fromLiteral.
Type decimal_of_integer(int64_t value);
/// DecimalType.adjustPrecisionScale: over 38 digits, integral digits win but at least 6 of the scale stay.
Type adjusted_decimal(int precision, int scale);
/// Both sides fit, the integral digits first (DecimalPrecision.widerDecimalType).
Type wider_decimal(Type a, Type b);
/// DecimalType.isWiderThan: every value of `b` (decimal or integral) is a value of `a`.
bool is_wider_decimal(Type a, Type b);
/// The result of + - * / % over two decimals.
Type decimal_arithmetic(ast::BinaryOp op, Type left, Type right);

}  // namespace pipec::sql
