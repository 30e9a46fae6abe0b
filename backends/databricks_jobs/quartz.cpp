#include "databricks_jobs/quartz.h"

#include <array>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

namespace pipec::backend::databricks_jobs {

namespace {

/// The values of a field, "*" for all of them.
template <size_t N>
std::string field(const std::bitset<N>& set, size_t low) {
  std::vector<size_t> values;
  for (size_t value = low; value < N; ++value) {
    if (set[value]) values.push_back(value);
  }
  return values.size() == N - low ? "*" : fmt::format("{}", fmt::join(values, ","));
}

std::string weekdays(const std::bitset<7>& set) {
  constexpr std::array<std::string_view, 7> kNames = {"SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"};
  std::vector<std::string_view> values;
  for (size_t day = 0; day < kNames.size(); ++day) {
    if (set[day]) values.push_back(kNames[day]);
  }
  return fmt::format("{}", fmt::join(values, ","));
}

}  // namespace

std::optional<std::string> quartz_of(const pipeline::Cron& cron) {
  const std::string times = fmt::format("0 {} {}", field(cron.minutes, 0), field(cron.hours, 0));
  const std::string months = field(cron.months, 1);
  if (cron.any_weekday) return fmt::format("{} {} {} ?", times, cron.any_day ? "*" : field(cron.days, 1), months);
  if (cron.any_day) return fmt::format("{} ? {} {}", times, months, weekdays(cron.weekdays));
  return std::nullopt;
}

}  // namespace pipec::backend::databricks_jobs
