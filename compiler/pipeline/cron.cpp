#include "pipeline/cron.h"

#include <fmt/format.h>

#include <array>
#include <charconv>

namespace pipec::pipeline {

namespace {

struct Field {
  std::string_view what;
  int low, high;
  std::array<std::string_view, 12> names;  // of `low` and on; empty: has none
};

constexpr std::array<Field, 5> kFields = {{
    {"minute", 0, 59, {}},
    {"hour", 0, 23, {}},
    {"day of the month", 1, 31, {}},
    {"month", 1, 12, {"jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"}},
    {"weekday", 0, 6, {"sun", "mon", "tue", "wed", "thu", "fri", "sat"}},
}};
constexpr int kWeekday = 4;

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> parts;
  for (size_t begin = 0;;) {
    size_t end = text.find(at, begin);
    parts.push_back(text.substr(begin, end - begin));
    if (end == std::string_view::npos) return parts;
    begin = end + 1;
  }
}

std::optional<int> number(std::string_view text) {
  int value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) return std::nullopt;
  return value;
}

/// Reads the fields one by one; the first thing wrong goes to `why`.
class Reader {
 public:
  explicit Reader(std::string* why) : why_(why) {}

  bool field(const Field& field, std::string_view text, std::bitset<64>* set) {
    for (std::string_view item : split(text, ',')) {
      if (!this->item(field, item, set)) return false;
    }
    return true;
  }

 private:
  bool fail(std::string message) {
    *why_ = std::move(message);
    return false;
  }

  bool item(const Field& field, std::string_view item, std::bitset<64>* set) {
    const bool weekday = &field == &kFields[kWeekday];
    const size_t slash = item.find('/');
    const std::string_view range = item.substr(0, slash);
    int low = field.low, high = field.high, step = 1;
    if (slash != std::string_view::npos) {
      std::optional<int> given = number(item.substr(slash + 1));
      if (!given || *given == 0) return fail(fmt::format("`{}` is no step of the {}", item, field.what));
      step = *given;
    }
    if (range != "*") {
      const size_t dash = range.find('-');
      if (!value(field, range.substr(0, dash), &low)) return false;
      if (dash == std::string_view::npos) {
        // Some readers of cron take 10/5 for 10-59/5, some for 10.
        if (step != 1 || slash != std::string_view::npos)
          return fail(fmt::format("`{}`: a step needs a range: `{}-{}/{}`", item, low, field.high, step));
        high = low;
      } else {
        if (!value(field, range.substr(dash + 1), &high)) return false;
        // Saturday to Sunday: 7 and "sun" end a week as well as they begin one.
        if (weekday && high == 0 && low > 0) high = 7;
        if (low > high) return fail(fmt::format("the range `{}` of the {} runs backwards", range, field.what));
        // Croniter takes 5-5 for all of them.
        if (low == high)
          return fail(fmt::format("the range `{}` of the {} has one value: write `{}`", range, field.what, low));
      }
    }
    if (step > high - low + 1)
      return fail(
          fmt::format("the step in `{}` is longer than the range: the {} would be {} alone", item, field.what, low));
    for (int v = low; v <= high; v += step) set->set(weekday ? v % 7 : v);
    return true;
  }

  bool value(const Field& field, std::string_view text, int* out) {
    for (size_t i = 0; i < field.names.size(); ++i) {
      if (!field.names[i].empty() && field.names[i] == text) return *out = field.low + static_cast<int>(i), true;
    }
    const int high = field.high + (&field == &kFields[kWeekday] ? 1 : 0);
    std::optional<int> given = number(text);
    if (!given) return fail(fmt::format("`{}` is no {}", text, field.what));
    if (*given < field.low || *given > high)
      return fail(fmt::format("the {} `{}` is not between {} and {}", field.what, text, field.low, field.high));
    *out = *given;
    return true;
  }

  std::string* why_;
};

template <size_t N>
std::bitset<N> narrow(const std::bitset<64>& set) {
  return std::bitset<N>(set.to_ullong());
}

bool has_a_day(const Cron& cron) {
  constexpr std::array<int, 13> kLengths = {0, 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
  if (!cron.any_weekday) return true;
  for (int month = 1; month <= 12; ++month) {
    for (int day = 1; cron.months[month] && day <= kLengths[month]; ++day) {
      if (cron.days[day]) return true;
    }
  }
  return false;
}

}  // namespace

std::optional<Cron> parse_cron(std::string_view text, std::string* why) {
  std::vector<std::string> words;
  std::string word;
  for (char c : std::string(text) + " ") {
    if (c == ' ' || c == '\t') {
      if (!word.empty()) words.push_back(std::move(word));
      word.clear();
    } else {
      word += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    }
  }
  if (words.size() != kFields.size()) {
    *why = fmt::format("a cron has five fields (minute, hour, day of the month, month, weekday), not {}", words.size());
    return std::nullopt;
  }
  std::array<std::bitset<64>, 5> sets;
  Reader reader(why);
  for (size_t i = 0; i < kFields.size(); ++i) {
    if (!reader.field(kFields[i], words[i], &sets[i])) return std::nullopt;
  }
  Cron cron;
  cron.text = fmt::format("{}", fmt::join(words, " "));
  cron.minutes = narrow<60>(sets[0]);
  cron.hours = narrow<24>(sets[1]);
  cron.days = narrow<32>(sets[2]);
  cron.months = narrow<13>(sets[3]);
  cron.weekdays = narrow<7>(sets[4]);
  // As croniter has it, whose reading both Dagster and Airflow follow: a full list counts as `*` only beside
  // a star.
  auto is_any = [](const std::string& own, bool full, const std::string& other) {
    return own == "*" || (full && other.find('*') != std::string::npos);
  };
  cron.any_day = is_any(words[2], cron.days.count() == 31, words[4]);
  cron.any_weekday = is_any(words[4], cron.weekdays.all(), words[2]);
  if (!has_a_day(cron)) {
    *why = "it never fires: none of its months has such a day";
    return std::nullopt;
  }
  return cron;
}

std::optional<std::string> cron_of_every(int64_t seconds, std::string* why) {
  constexpr int64_t kMinute = 60, kHour = 3600, kDay = 86400;
  auto fail = [&](std::string message) -> std::optional<std::string> {
    *why = std::move(message);
    return std::nullopt;
  };
  if (seconds < kMinute || seconds % kMinute != 0)
    return fail("a schedule fires at whole minutes: the shortest distance is 1 minute");
  if (seconds < kHour) {
    const int64_t n = seconds / kMinute;
    if (kHour % seconds != 0) return fail(fmt::format("an hour is no multiple of {} minutes", n));
    return n == 1 ? std::string("* * * * *") : fmt::format("*/{} * * * *", n);
  }
  if (seconds < kDay) {
    if (kDay % seconds != 0 || seconds % kHour != 0)
      return fail(
          fmt::format("a day is no multiple of {} minutes, and only whole hours can be kept apart", seconds / kMinute));
    const int64_t n = seconds / kHour;
    return n == 1 ? std::string("0 * * * *") : fmt::format("0 */{} * * *", n);
  }
  if (seconds == kDay) return "0 0 * * *";
  if (seconds == 7 * kDay) return fail("weeks begin on different days: name it, as in `cron '0 0 * * mon'`");
  return fail("months have no whole number of such days: name them, as in `cron '0 0 1,15 * *'`");
}

}  // namespace pipec::pipeline
