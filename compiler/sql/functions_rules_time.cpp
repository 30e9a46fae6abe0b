// Rules of dates, times and windows of time. Source: Spark 4.2 datetimeExpressions.scala,
// intervalExpressions.scala, TimeWindow.scala.
#include "sql/coercion.h"
#include "sql/coercion_rules.h"
#include "sql/functions_rules.h"

namespace pipec::sql {
namespace {

bool is_timestamp(Type type) {
  return type.is(TypeKind::Timestamp) || type.is(TypeKind::TimestampNtz);
}

enum class Field { None, Day, Year, Month, Hour, Minute, Second, DateOnly };

// DatePart.parseExtractField and ExtractIntervalPart.parseExtractField.
Field extract_field(std::string_view name) {
  struct Known {
    std::string_view name;
    Field field;
  };
  static constexpr Known kFields[] = {{"YEAR", Field::Year},
                                      {"Y", Field::Year},
                                      {"YEARS", Field::Year},
                                      {"YR", Field::Year},
                                      {"YRS", Field::Year},
                                      {"YEAROFWEEK", Field::DateOnly},
                                      {"QUARTER", Field::DateOnly},
                                      {"QTR", Field::DateOnly},
                                      {"MONTH", Field::Month},
                                      {"MON", Field::Month},
                                      {"MONS", Field::Month},
                                      {"MONTHS", Field::Month},
                                      {"WEEK", Field::DateOnly},
                                      {"W", Field::DateOnly},
                                      {"WEEKS", Field::DateOnly},
                                      {"DAY", Field::Day},
                                      {"D", Field::Day},
                                      {"DAYS", Field::Day},
                                      {"DAYOFWEEK", Field::DateOnly},
                                      {"DOW", Field::DateOnly},
                                      {"DAYOFWEEK_ISO", Field::DateOnly},
                                      {"DOW_ISO", Field::DateOnly},
                                      {"DOY", Field::DateOnly},
                                      {"HOUR", Field::Hour},
                                      {"H", Field::Hour},
                                      {"HOURS", Field::Hour},
                                      {"HR", Field::Hour},
                                      {"HRS", Field::Hour},
                                      {"MINUTE", Field::Minute},
                                      {"M", Field::Minute},
                                      {"MIN", Field::Minute},
                                      {"MINS", Field::Minute},
                                      {"MINUTES", Field::Minute},
                                      {"SECOND", Field::Second},
                                      {"S", Field::Second},
                                      {"SEC", Field::Second},
                                      {"SECONDS", Field::Second},
                                      {"SECS", Field::Second}};
  std::string wanted = upper_case(name);
  for (const Known& known : kFields) {
    if (known.name == wanted) return known.field;
  }
  return Field::None;
}

IntervalField interval_field(Field field) {
  switch (field) {
    case Field::Year:
      return IntervalField::Year;
    case Field::Month:
      return IntervalField::Month;
    case Field::Hour:
      return IntervalField::Hour;
    case Field::Minute:
      return IntervalField::Minute;
    case Field::Second:
      return IntervalField::Second;
    default:
      return IntervalField::Day;
  }
}

Type second_type() {
  return Type::decimal(8, 6);
}

}  // namespace

namespace rules {

void date_add(CallState& call) {
  Type date = call.types[0], days = call.types[1];
  if (!date.is_datetime() && !date.is_string() && !date.is(TypeKind::Void)) return call.wrong_type(0, "a date");
  call.types[0] = TypeKind::Date;
  if (days.is_string() || days.is(TypeKind::Void)) {
    call.types[1] = TypeKind::Int;
  } else if (!days.is(TypeKind::Int) && !days.is(TypeKind::SmallInt) && !days.is(TypeKind::TinyInt)) {
    return call.wrong_type(1, "an int, smallint or tinyint");
  }
  call.give(TypeKind::Date);
}

void date_part(CallState& call) {
  Type source = call.types[1];
  if (call.given(0).is(TypeKind::Void)) return call.give(TypeKind::Double, NullRule::Maybe);
  if (!call.arguments[0].is_string_literal) return call.give(Type());
  Field field = extract_field(call.arguments[0].string_literal);
  bool time_of_day = field == Field::Hour || field == Field::Minute || field == Field::Second;
  if (source.is_interval()) {
    bool year_month = field == Field::Year || field == Field::Month;
    bool fits = year_month || time_of_day || field == Field::Day;
    if (!source.is(TypeKind::CalendarInterval)) {
      fits = fits && interval_field(field) >= source.first_field() && interval_field(field) <= source.last_field();
    }
    if (!fits) return call.fail(CallError::BadLiteral, 0, "a field that the interval has");
    if (field == Field::Second) return call.give(second_type());
    bool small = field == Field::Month || field == Field::Hour || field == Field::Minute;
    return call.give(small ? TypeKind::TinyInt : TypeKind::Int);
  }
  if (field == Field::None) return call.fail(CallError::BadLiteral, 0, "a field such as 'year', 'day' or 'hour'");
  if (source.is(TypeKind::Time)) {
    if (!time_of_day) return call.fail(CallError::BadLiteral, 0, "'hour', 'minute' or 'second'");
    return call.give(field == Field::Second ? second_type() : Type(TypeKind::Int), NullRule::Maybe);
  }
  Type wanted = time_of_day ? TypeKind::Timestamp : TypeKind::Date;
  if (time_of_day && source.is(TypeKind::TimestampNtz)) wanted = source;
  auto cast = implicit_cast(source, wanted);
  if (!cast) return call.wrong_type(1, "a date, timestamp or interval");
  call.types[1] = *cast;
  call.give(field == Field::Second ? second_type() : Type(TypeKind::Int));
}

void time_field(CallState& call) {
  call.give(TypeKind::Int, call.types[0].is(TypeKind::Time) ? NullRule::Maybe : NullRule::AnyArgument);
}

void to_date(CallState& call) {
  bool null = call.nullable(0) || force_nullable(call.types[0], TypeKind::Date);
  call.give(TypeKind::Date, null ? NullRule::Maybe : NullRule::Never);
}

void to_timestamp(CallState& call) {
  bool null = call.nullable(0) || force_nullable(call.types[0], TypeKind::Timestamp);
  call.give(TypeKind::Timestamp, null ? NullRule::Maybe : NullRule::Never);
}

void to_timestamp_ntz(CallState& call) {
  bool null = call.nullable(0) || force_nullable(call.types[0], TypeKind::TimestampNtz);
  call.give(TypeKind::TimestampNtz, null ? NullRule::Maybe : NullRule::Never);
}

void current_time(CallState& call) {
  if (call.size() == 0) return call.give(Type::time(6), NullRule::Never);
  auto precision = call.arguments[0].operand.integer;
  if (!precision) return call.give(Type(), NullRule::Never);
  if (*precision < 0 || *precision > 6) return call.fail(CallError::BadLiteral, 0, "0 to 6 digits");
  call.give(Type::time(static_cast<int>(*precision)), NullRule::Never);
}

void time_bucket(CallState& call) {
  auto size = call.arguments[0].operand.integer;
  if (size && *size <= 0) return call.fail(CallError::BadLiteral, 0, "an interval above zero");
  if (call.size() > 2 && call.types[1] != call.types[2]) {
    if (!call.given(1).is(TypeKind::Void)) return call.wrong_type(2, "the type of the second argument");
    call.types[1] = call.types[2];
  }
  call.give(call.types[1]);
}

void timestamp_seconds(CallState& call) {
  call.give(TypeKind::Timestamp, call.types[0].is_fractional() ? NullRule::Maybe : NullRule::AnyArgument);
}

void time_window(CallState& call) {
  Type time = call.types[0];
  if (time.is(TypeKind::Struct) && time.fields().size() == 2) time = time.fields()[1].type;  // of another window
  auto cast = is_timestamp(time) ? std::optional(time) : implicit_cast(time, TypeKind::Timestamp);
  if (!cast) return call.wrong_type(0, "a timestamp");
  for (size_t i = 1; i < call.size(); ++i) {
    if (!call.given(i).is_string() && !call.given(i).is_integral()) {
      return call.wrong_type(static_cast<int>(i), "a duration in a string");
    }
  }
  call.give(Type::structure({{Symbol::of("start"), *cast, true}, {Symbol::of("end"), *cast, true}}));
  call.nulls = NullRule::Never;
}

void session_window(CallState& call) {
  Type time = call.types[0];
  call.give(Type::structure({{Symbol::of("start"), time, true}, {Symbol::of("end"), time, true}}));
  call.nulls = NullRule::Never;
}

void window_time(CallState& call) {
  auto fields = call.types[0].fields();
  if (fields.size() != 2 || !is_timestamp(fields[1].type)) return call.wrong_type(0, "a window");
  call.give(fields[1].type);
}

}  // namespace rules
}  // namespace pipec::sql
