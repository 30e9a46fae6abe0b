#include "pipeline/literals.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string>

#include "pipeline/dates.h"

namespace pipec::pipeline {
namespace {

using sql::TypeKind;

bool is_whole(std::string_view text, int64_t low, int64_t high) {
  if (text.starts_with('+')) text.remove_prefix(1);
  int64_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() && value >= low && value <= high;
}

bool is_digits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

/// Digits with one point at most, no exponent; as many as the type has places for.
bool is_decimal(std::string_view text, int precision, int scale) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  size_t point = text.find('.');
  std::string_view whole = text.substr(0, point);
  std::string_view part = point == std::string_view::npos ? std::string_view() : text.substr(point + 1);
  if ((whole.empty() && part.empty()) || !is_digits(whole) || !is_digits(part)) return false;
  while (whole.starts_with('0')) whole.remove_prefix(1);
  while (part.ends_with('0')) part.remove_suffix(1);
  return whole.size() <= static_cast<size_t>(precision - scale) && part.size() <= static_cast<size_t>(scale);
}

bool is_double(std::string_view text, bool single) {
  double value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || !std::isfinite(value)) return false;
  return !single || std::isfinite(static_cast<float>(value));
}

bool two_digits(std::string_view text, int most) {
  int value = 0;
  return text.size() == 2 && is_digits(text) &&
         std::from_chars(text.data(), text.data() + 2, value).ec == std::errc() && value <= most;
}

/// 2026-01-31 10:20:30.123456, the fraction optional; with `zone` also Z or +01:00 behind it.
bool is_timestamp(std::string_view text, bool zone) {
  if (text.size() < 10 || !is_date(text.substr(0, 10))) return false;
  if (text.size() == 10) return true;
  if (text.size() < 19 || (text[10] != ' ' && text[10] != 'T') || text[13] != ':' || text[16] != ':') return false;
  if (!two_digits(text.substr(11, 2), 23) || !two_digits(text.substr(14, 2), 59)) return false;
  if (!two_digits(text.substr(17, 2), 59)) return false;
  std::string_view rest = text.substr(19);
  if (rest.starts_with('.')) {
    size_t end = std::min(rest.find_first_not_of("0123456789", 1), rest.size());
    if (end < 2 || end > 7) return false;
    rest.remove_prefix(end);
  }
  if (rest.empty()) return true;
  if (!zone) return false;
  bool offset = rest.size() == 6 && (rest[0] == '+' || rest[0] == '-') && rest[3] == ':';
  return rest == "Z" || (offset && two_digits(rest.substr(1, 2), 18) && two_digits(rest.substr(4, 2), 59));
}

}  // namespace

bool is_literal_of(std::string_view text, sql::Type type) {
  switch (type.kind()) {
    case TypeKind::String:
      return true;
    case TypeKind::Boolean:
      return text == "true" || text == "false";
    case TypeKind::TinyInt:
      return is_whole(text, INT8_MIN, INT8_MAX);
    case TypeKind::SmallInt:
      return is_whole(text, INT16_MIN, INT16_MAX);
    case TypeKind::Int:
      return is_whole(text, INT32_MIN, INT32_MAX);
    case TypeKind::BigInt:
      return is_whole(text, INT64_MIN, INT64_MAX);
    case TypeKind::Decimal:
      return is_decimal(text, type.precision(), type.scale());
    case TypeKind::Float:
      return is_double(text, true);
    case TypeKind::Double:
      return is_double(text, false);
    case TypeKind::Date:
      return is_date(text);
    case TypeKind::Timestamp:
      return is_timestamp(text, true);
    case TypeKind::TimestampNtz:
      return is_timestamp(text, false);
    default:
      return false;
  }
}

bool has_literals(sql::Type type) {
  return type.is(TypeKind::String) || type.is(TypeKind::Boolean) || type.is_numeric() || type.is_datetime();
}

std::string_view literal_form(sql::Type type) {
  switch (type.kind()) {
    case TypeKind::Boolean:
      return "`true` or `false`";
    case TypeKind::TinyInt:
    case TypeKind::SmallInt:
    case TypeKind::Int:
    case TypeKind::BigInt:
      return "a whole number that the type can hold";
    case TypeKind::Decimal:
      return "a number with as many digits as the type has, without an exponent";
    case TypeKind::Float:
    case TypeKind::Double:
      return "a number, as `1.5` or `2e10`";
    case TypeKind::Date:
      return "a day, as `2026-01-31`";
    case TypeKind::Timestamp:
      return "a time, as `2026-01-31 10:20:30Z`";
    case TypeKind::TimestampNtz:
      return "a time without a zone, as `2026-01-31 10:20:30`";
    default:
      return "another type: texts, numbers, booleans, days and times can be read from a file";
  }
}

}  // namespace pipec::pipeline
