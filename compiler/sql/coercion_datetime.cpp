// Source: Spark 4.2 BinaryArithmeticWithDatetimeResolver.scala, AnsiDateTimeOperationsTypeCoercion,
// datetimeExpressions .scala, intervalExpressions.scala; where NULL stands on a side: measured.
#include "sql/coercion_datetime.h"

#include "sql/coercion_rules.h"

namespace pipec::sql {
namespace {

using ast::BinaryOp;

constexpr auto kDay = IntervalField::Day, kHour = IntervalField::Hour, kSecond = IntervalField::Second;

bool is_day(Type type) {
  return type.is(TypeKind::IntervalDayTime) && type.first_field() == kDay && type.last_field() == kDay;
}
bool is_timestamp(Type type) {
  return type.is(TypeKind::Timestamp) || type.is(TypeKind::TimestampNtz);
}
bool is_day_count(Type type) {
  return type.is(TypeKind::Int) || type.is(TypeKind::SmallInt) || type.is(TypeKind::TinyInt);
}

DatetimeArithmetic rejected() {
  return {};
}

DatetimeArithmetic accepted(Type type, const Operand& left, const Operand& right, Type left_cast, Type right_cast) {
  BinaryResult result;
  result.type = type;
  result.left = left_cast;
  result.right = right_cast;
  result.nullable = cast_nullable(left.type, left_cast, left.nullable, false) ||
                    cast_nullable(right.type, right_cast, right.nullable, false);
  result.lossy_string = parses_string(left.type, left_cast) || parses_string(right.type, right_cast);
  result.mixed_timestamps = is_timestamp(left.type) && is_timestamp(right.type) && left.type != right.type;
  return {true, result};
}

// What a point in time becomes when an interval is added to it or taken from it.
std::optional<DatetimeArithmetic> shifted(Type point, Type interval, const Operand& left, const Operand& right) {
  if (!interval.is_interval()) return std::nullopt;
  if (point.is(TypeKind::Date)) {
    bool time_of_day = interval.is(TypeKind::IntervalDayTime) && !is_day(interval);
    return accepted(time_of_day ? TypeKind::Timestamp : TypeKind::Date, left, right, left.type, right.type);
  }
  if (is_timestamp(point)) return accepted(point, left, right, left.type, right.type);
  if (point.is(TypeKind::Time)) {
    if (!interval.is(TypeKind::IntervalDayTime)) return rejected();
    int precision = interval.last_field() == kSecond ? 6 : point.precision();
    auto sum = accepted(Type::time(precision), left, right, left.type, right.type);
    sum.result->nullable = true;
    return sum;
  }
  if (point.is_string()) {  // Cast(TimestampAddInterval(string, interval), string)
    if (interval.is(TypeKind::IntervalYearMonth)) return rejected();
    bool string_left = left.type.is_string();
    return accepted(TypeKind::String, left, right, string_left ? Type(TypeKind::Timestamp) : left.type,
                    string_left ? right.type : Type(TypeKind::Timestamp));
  }
  if (point.is(TypeKind::Void)) {
    if (interval.is(TypeKind::CalendarInterval)) return rejected();
    return accepted(interval, left, right, interval, interval);
  }
  return std::nullopt;
}

std::optional<DatetimeArithmetic> add(const Operand& left, const Operand& right) {
  Type l = as_string(left.type), r = as_string(right.type);
  bool flipped = l.is_interval() && !r.is_interval();
  if (l.is_interval() && r.is_interval()) return std::nullopt;
  if (auto found = flipped ? shifted(r, l, left, right) : shifted(l, r, left, right)) return found;
  bool date_left = l.is(TypeKind::Date), date_right = r.is(TypeKind::Date);
  Type point = date_left || is_timestamp(l) || l.is(TypeKind::Time) ? l : r;
  Type other = point == l ? r : l;
  if (!point.is_datetime() && !point.is(TypeKind::Time)) return std::nullopt;
  if (other.is(TypeKind::Void)) {
    Type sum = point.is(TypeKind::Date) ? Type(TypeKind::Timestamp) : point;
    return accepted(sum, left, right, point == l ? l : sum, point == l ? sum : r);
  }
  if ((date_left || date_right) && is_day_count(other)) return accepted(TypeKind::Date, left, right, l, r);
  return rejected();
}

std::optional<DatetimeArithmetic> subtract(const Operand& left, const Operand& right) {
  Type l = as_string(left.type), r = as_string(right.type);
  if (l.is_interval() && (r.is_interval() || r.is(TypeKind::Void))) return std::nullopt;
  if (auto found = shifted(l, r, left, right)) return found;
  if (is_timestamp(l) || is_timestamp(r)) {
    auto fits = [](Type type) { return type.is_datetime() || type.is_string() || type.is(TypeKind::Void); };
    if (!fits(l) || !fits(r)) return rejected();
    Type both = is_timestamp(l) && is_timestamp(r) && l != r ? Type(TypeKind::TimestampNtz) : is_timestamp(l) ? l : r;
    return accepted(Type::interval(kDay, kSecond), left, right, both, both);
  }
  if (l.is(TypeKind::Date) || r.is(TypeKind::Date)) {
    if (l.is(TypeKind::Date) && is_day_count(r)) return accepted(TypeKind::Date, left, right, l, r);
    auto fits = [](Type type) { return type.is(TypeKind::Date) || type.is_string() || type.is(TypeKind::Void); };
    if (!fits(l) || !fits(r)) return rejected();
    return accepted(Type::interval(kDay, kDay), left, right, TypeKind::Date, TypeKind::Date);
  }
  if (l.is(TypeKind::Time) || r.is(TypeKind::Time)) {
    auto fits = [](Type type) { return type.is(TypeKind::Time) || type.is_string() || type.is(TypeKind::Void); };
    if (!fits(l) || !fits(r)) return rejected();
    Type time = l.is(TypeKind::Time) ? l : r;
    auto difference = accepted(Type::interval(kHour, kSecond), left, right, l.is(TypeKind::Time) ? l : time,
                               r.is(TypeKind::Time) ? r : time);
    difference.result->nullable = true;
    return difference;
  }
  return std::nullopt;
}

std::optional<DatetimeArithmetic> scale(Type interval, Type factor, const Operand& left, const Operand& right) {
  if (!factor.is_numeric() && !factor.is_string() && !factor.is(TypeKind::Void)) return rejected();
  bool calendar = interval.is(TypeKind::CalendarInterval);
  bool number = factor.is_numeric() && !calendar;
  Type cast = number ? factor : Type(TypeKind::Double);
  Type type = calendar                                   ? interval
              : interval.is(TypeKind::IntervalYearMonth) ? Type::interval(IntervalField::Year, IntervalField::Month)
                                                         : Type::interval(kDay, kSecond);
  bool interval_left = left.type == interval;
  auto product = accepted(type, left, right, interval_left ? interval : cast, interval_left ? cast : interval);
  if (calendar) product.result->nullable = true;
  return product;
}

}  // namespace

std::optional<DatetimeArithmetic> datetime_arithmetic(BinaryOp op, const Operand& left, const Operand& right) {
  Type l = as_string(left.type), r = as_string(right.type);
  switch (op) {
    case BinaryOp::Add:
      return add(left, right);
    case BinaryOp::Subtract:
      return subtract(left, right);
    case BinaryOp::Multiply:
      if (l.is_interval()) return scale(l, r, left, right);
      if (r.is_interval()) return scale(r, l, left, right);
      return std::nullopt;
    case BinaryOp::Divide:
      if (l.is_interval()) return scale(l, r, left, right);
      return std::nullopt;
    default:
      return std::nullopt;
  }
}

}  // namespace pipec::sql
