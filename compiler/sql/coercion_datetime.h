// Arithmetic with dates, times, timestamps and intervals.
#pragma once

#include <optional>

#include "sql/coercion.h"

namespace pipec::sql {

struct DatetimeArithmetic {
  bool accepted = false;
  std::optional<BinaryResult> result;
};
/// nullopt: neither side makes it date arithmetic, or the rules for numbers apply.
std::optional<DatetimeArithmetic> datetime_arithmetic(ast::BinaryOp op, const Operand& left, const Operand& right);

}  // namespace pipec::sql
