#include "pipeline/dates.h"

#include <charconv>

namespace pipec::pipeline {

bool is_date(std::string_view text) {
  int year = 0, month = 0, day = 0;
  auto digits = [&](size_t at, size_t count, int& value) {
    if (at + count > text.size()) return false;
    auto parsed = std::from_chars(text.data() + at, text.data() + at + count, value);
    return parsed.ptr == text.data() + at + count;
  };
  bool ok = text.size() == 10 && text[4] == '-' && text[7] == '-' && digits(0, 4, year) && digits(5, 2, month) &&
            digits(8, 2, day) && month >= 1 && month <= 12 && day >= 1;
  if (!ok) return false;
  static constexpr int kDays[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
  return day <= kDays[month - 1] + (month == 2 && leap ? 1 : 0);
}

}  // namespace pipec::pipeline
