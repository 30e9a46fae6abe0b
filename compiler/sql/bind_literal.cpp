// Literals: the type that the written digits have, and whether they are a value of it.
#include <algorithm>
#include <charconv>
#include <limits>

#include "sql/bind.h"

namespace pipec::sql {

using namespace ast;

namespace {

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

std::string_view without_suffix(std::string_view text, size_t letters) {
  while (letters-- > 0 && !text.empty() && is_letter(text.back())) text.remove_suffix(1);
  return text;
}

/// Of "12.50", "0.01", "1.5e3": as java.math.BigDecimal counts, with the precision at least the scale.
bool decimal_shape(std::string_view text, int& precision, int& scale) {
  int64_t exponent = 0;
  if (size_t at = text.find_first_of("eE"); at != std::string_view::npos) {
    std::string_view digits = text.substr(at + 1);
    if (!digits.empty() && digits[0] == '+') digits.remove_prefix(1);
    if (std::from_chars(digits.data(), digits.data() + digits.size(), exponent).ec != std::errc()) return false;
    text = text.substr(0, at);
  }
  int64_t digits = 0, fraction = 0;
  bool after_point = false, leading = true;
  for (char c : text) {
    if (c == '.') {
      after_point = true;
    } else if (is_digit(c)) {
      if (after_point) ++fraction;
      leading = leading && c == '0';
      if (!leading) ++digits;
    }
  }
  digits = std::max<int64_t>(digits, 1);
  fraction -= exponent;
  if (fraction < 0) digits -= fraction, fraction = 0;
  digits = std::max(digits, fraction);
  if (digits > 38) return false;
  precision = static_cast<int>(digits);
  scale = static_cast<int>(fraction);
  return true;
}

/// Spark refuses what overflows, and rounds what is too small to zero.
bool fits_floating(std::string_view text, LiteralKind kind) {
  double value = 0;
  std::errc failure = std::from_chars(text.data(), text.data() + text.size(), value).ec;
  if (failure == std::errc::result_out_of_range) {
    size_t exponent = text.find_first_of("eE");
    return exponent != std::string_view::npos && text.substr(exponent + 1).starts_with('-');
  }
  return kind != LiteralKind::Float || value <= static_cast<double>(std::numeric_limits<float>::max());
}

struct Reader {
  std::string_view rest;
  bool number(int least, int most, int& value) {
    int digits = 0;
    value = 0;
    while (!rest.empty() && is_digit(rest[0]) && digits < most) {
      value = value * 10 + (rest[0] - '0');
      rest.remove_prefix(1);
      ++digits;
    }
    return digits >= least && (rest.empty() || !is_digit(rest[0]));
  }
  bool take(char c) {
    if (rest.empty() || rest[0] != c) return false;
    rest.remove_prefix(1);
    return true;
  }
};

bool read_date(Reader& reader) {
  if (!reader.take('-')) reader.take('+');
  int year, month = 1, day = 1;
  if (!reader.number(4, 7, year)) return false;
  if (!reader.take('-')) return reader.rest.empty();
  if (!reader.number(1, 2, month) || month < 1 || month > 12) return false;
  if (!reader.take('-')) return reader.rest.empty();
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (!reader.number(1, 2, day) || day < 1) return false;
  bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
  return day <= kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

bool read_time(Reader& reader) {
  int hour, minute = 0, second = 0;
  if (!reader.number(1, 2, hour) || hour > 23) return false;
  if (reader.take(':')) {
    if (!reader.number(1, 2, minute) || minute > 59) return false;
    if (reader.take(':')) {
      if (!reader.number(1, 2, second) || second > 59) return false;
      if (reader.take('.')) {
        while (!reader.rest.empty() && is_digit(reader.rest[0])) reader.rest.remove_prefix(1);
      }
    }
  }
  return true;
}

std::string_view trimmed(std::string_view text) {
  auto blank = [](char c) { return static_cast<unsigned char>(c) <= ' '; };
  while (!text.empty() && blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && blank(text.back())) text.remove_suffix(1);
  return text;
}

bool is_value(TypedLiteralKind kind, std::string_view text) {
  Reader reader{trimmed(text)};
  if (kind == TypedLiteralKind::Time) return read_time(reader);
  static constexpr std::string_view kWords[] = {"epoch", "now", "today", "tomorrow", "yesterday"};
  std::string word(reader.rest);
  std::transform(word.begin(), word.end(), word.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  if (std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords)) return true;
  size_t colon = reader.rest.find(':'), dash = reader.rest.find('-', 1);
  bool time_only = kind != TypedLiteralKind::Date && colon != std::string_view::npos &&
                   (dash == std::string_view::npos || dash > colon);
  if (time_only) {
    reader.take('T');
    return read_time(reader);
  }
  if (!read_date(reader)) return false;
  if (reader.rest.empty()) return true;
  if (!reader.take('T') && !reader.take(' ')) return false;
  // After a date, DATE reads nothing more; a zone is the platform's to know.
  return kind == TypedLiteralKind::Date || read_time(reader);
}

}  // namespace

ExprId Binder::bind_literal(NodeId node, bool negative) {
  std::string_view text = tree_.name(node).text();
  Expr expr;
  expr.kind = ExprKind::Literal;
  expr.node = node;
  expr.nullable = false;
  expr.foldable = true;
  auto whole = [&](std::string_view digits, int64_t least, int64_t most, Type is) {
    std::string number = (negative ? "-" : "") + std::string(digits);
    int64_t value = 0;
    auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), value);
    expr.name = Symbol::of(number);
    expr.type = is;
    return failure == std::errc() && value >= least && value <= most;
  };
  auto fraction = [&](std::string_view digits) {
    int precision = 1, scale = 0;
    if (!decimal_shape(digits, precision, scale)) return false;
    expr.type = Type::decimal(precision, scale);
    expr.name = Symbol::of((negative ? "-" : "") + std::string(digits));
    return true;
  };
  bool good = true;
  switch (tree_.op<LiteralKind>(node)) {
    case LiteralKind::Null:
      expr.type = TypeKind::Void, expr.nullable = true;
      break;
    case LiteralKind::True:
    case LiteralKind::False:
      expr.type = TypeKind::Boolean;
      expr.name = Symbol::of(tree_.op<LiteralKind>(node) == LiteralKind::True ? "true" : "false");
      break;
    case LiteralKind::Integer:
      good = whole(text, INT32_MIN, INT32_MAX, TypeKind::Int) || whole(text, INT64_MIN, INT64_MAX, TypeKind::BigInt) ||
             fraction(text);
      break;
    case LiteralKind::BigInt:
      good = whole(without_suffix(text, 1), INT64_MIN, INT64_MAX, TypeKind::BigInt);
      break;
    case LiteralKind::SmallInt:
      good = whole(without_suffix(text, 1), INT16_MIN, INT16_MAX, TypeKind::SmallInt);
      break;
    case LiteralKind::TinyInt:
      good = whole(without_suffix(text, 1), INT8_MIN, INT8_MAX, TypeKind::TinyInt);
      break;
    case LiteralKind::Decimal:
      good = fraction(without_suffix(text, 2));
      break;
    case LiteralKind::Double:
    case LiteralKind::Float:
      good = fits_floating(without_suffix(text, is_letter(text.back()) ? 1 : 0), tree_.op<LiteralKind>(node));
      expr.type = tree_.op<LiteralKind>(node) == LiteralKind::Double ? TypeKind::Double : TypeKind::Float;
      expr.name = Symbol::of((negative ? "-" : "") + std::string(text));
      break;
    case LiteralKind::String:
      expr.type = TypeKind::String, expr.name = tree_.name(node);
      break;
    case LiteralKind::Binary:
      expr.type = TypeKind::Binary, expr.name = tree_.name(node);
      break;
  }
  if (!good) return fail(diag::BadLiteral, node, fmt::format("the number {} does not fit its type", text));
  return add(expr);
}

ExprId Binder::bind_typed_literal(NodeId node) {
  auto kind = tree_.op<TypedLiteralKind>(node);
  Expr expr;
  expr.kind = ExprKind::Literal;
  expr.node = node;
  expr.name = tree_.name(node);
  expr.nullable = false;
  expr.foldable = true;
  switch (kind) {
    case TypedLiteralKind::Date:
      expr.type = TypeKind::Date;
      break;
    case TypedLiteralKind::Timestamp:
    case TypedLiteralKind::TimestampLtz:
      expr.type = TypeKind::Timestamp;
      break;
    case TypedLiteralKind::TimestampNtz:
      expr.type = TypeKind::TimestampNtz;
      break;
    case TypedLiteralKind::Time:
      expr.type = Type::time(6);
      break;
  }
  if (!is_value(kind, expr.name.text())) {
    return fail(diag::BadLiteral, node, fmt::format("'{}' is no {}", expr.name.text(), expr.type.text()));
  }
  return add(expr);
}

namespace {

struct UnitName {
  std::string_view word;
  IntervalUnit unit;
};
constexpr UnitName kUnits[] = {
    {"year", IntervalUnit::Year},
    {"month", IntervalUnit::Month},
    {"week", IntervalUnit::Week},
    {"day", IntervalUnit::Day},
    {"hour", IntervalUnit::Hour},
    {"minute", IntervalUnit::Minute},
    {"second", IntervalUnit::Second},
    {"millisecond", IntervalUnit::Millisecond},
    {"microsecond", IntervalUnit::Microsecond},
};

/// The units of '1 day 2 hours'; false if it is no such text.
bool units_of(std::string_view text, std::vector<IntervalUnit>& units) {
  std::string lower(trimmed(text));
  std::transform(lower.begin(), lower.end(), lower.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? c + 32 : c; });
  std::string_view rest = lower;
  if (rest.substr(0, 8) == "interval") rest.remove_prefix(8);
  auto skip = [&] { rest = trimmed(rest); };
  for (skip(); !rest.empty(); skip()) {
    if (rest[0] == '-' || rest[0] == '+') rest.remove_prefix(1), skip();
    size_t digits = 0;
    while (digits < rest.size() && (is_digit(rest[digits]) || rest[digits] == '.')) ++digits;
    if (digits == 0) return false;
    rest.remove_prefix(digits);
    skip();
    size_t letters = 0;
    while (letters < rest.size() && is_letter(rest[letters])) ++letters;
    std::string_view word = rest.substr(0, letters);
    rest.remove_prefix(letters);
    if (word.size() > 1 && word.back() == 's') word.remove_suffix(1);
    auto at = std::find_if(std::begin(kUnits), std::end(kUnits), [&](const UnitName& u) { return u.word == word; });
    if (at == std::end(kUnits)) return false;
    units.push_back(at->unit);
  }
  return !units.empty();
}

IntervalField field_of(IntervalUnit unit) {
  switch (unit) {
    case IntervalUnit::Year:
      return IntervalField::Year;
    case IntervalUnit::Month:
    case IntervalUnit::Quarter:
      return IntervalField::Month;
    case IntervalUnit::Week:
    case IntervalUnit::Day:
      return IntervalField::Day;
    case IntervalUnit::Hour:
      return IntervalField::Hour;
    case IntervalUnit::Minute:
      return IntervalField::Minute;
    default:
      return IntervalField::Second;
  }
}

}  // namespace

ExprId Binder::bind_interval(NodeId node) {
  std::vector<IntervalUnit> units;
  std::string text;
  for (NodeId part : tree_.list(tree_.get<IntervalLiteral>(node).parts)) {
    auto unit = tree_.op<IntervalUnit>(part);
    std::string_view value = tree_.name(part).text();
    text += fmt::format("{}{} {} ", tree_.has(part, kNegated) ? "-" : "", value, tree_[part].op);
    if (unit == IntervalUnit::None) {
      if (!units_of(value, units)) return fail(diag::BadLiteral, node, fmt::format("'{}' is no interval", value));
    } else {
      units.push_back(unit);
    }
  }
  auto last_unit = tree_.op<IntervalUnit>(node);
  if (last_unit != IntervalUnit::None) units.push_back(last_unit);
  if (units.empty()) return error(node);
  IntervalField first = field_of(units[0]), last = first;
  for (IntervalUnit unit : units) {
    first = std::min(first, field_of(unit));
    last = std::max(last, field_of(unit));
  }
  if (first <= IntervalField::Month && last > IntervalField::Month) {
    return fail(diag::BadLiteral, node, "an interval holds years and months, or days and time, not both");
  }
  Expr expr;
  expr.kind = ExprKind::Literal;
  expr.type = Type::interval(first, last);
  expr.name = Symbol::of(text);
  expr.nullable = false;
  expr.foldable = true;
  expr.node = node;
  return add(expr);
}

}  // namespace pipec::sql
