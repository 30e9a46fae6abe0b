// Local times to moments. The rules for hours that do not exist, or exist twice, are those that Dagster 1.13
// applies (dagster/_utils/schedules.py), found again by tests/consumers/test_dagster.py on the real one.
#include <date/tz.h>
#include <fmt/format.h>

#include <algorithm>

#include "pipeline/cron.h"

namespace pipec::pipeline {

namespace {

using date::days;
using date::local_days;
using date::local_info;
using date::local_seconds;
using date::sys_seconds;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

bool on_day(const Cron& cron, local_days day) {
  const date::year_month_day ymd{day};
  if (!cron.months[static_cast<unsigned>(ymd.month())]) return false;
  const bool by_day = cron.days[static_cast<unsigned>(ymd.day())];
  const bool by_weekday = cron.weekdays[date::weekday{day}.c_encoding()];
  if (cron.any_day) return cron.any_weekday || by_weekday;
  if (cron.any_weekday) return by_day;
  return by_day || by_weekday;
}

/// The cron is one that Dagster walks without croniter: one time a day, on days of a week or one day of each
/// month.
bool walked_by_day(const Cron& cron) {
  if (cron.minutes.count() != 1 || cron.hours.count() != 1 || cron.months.count() != 12) return false;
  return cron.any_day ||
         (cron.any_weekday && cron.days.count() == 1 && !cron.days[29] && !cron.days[30] && !cron.days[31]);
}

/// Dagster looks for clock changes between 01:00 and 03:59 only.
bool in_usual_hours(local_seconds time) {
  const auto hour = std::chrono::duration_cast<hours>(time - date::floor<days>(time)).count();
  return hour >= 1 && hour <= 3;
}

sys_seconds at_offset(local_seconds local, seconds offset) {
  return sys_seconds{local.time_since_epoch() - offset};
}

/// What Airflow's timetable does: an hour that does not exist is counted on from the old clock, one that exists twice is
/// the second one.
void add_by_airflow(const Cron& cron, const date::time_zone* zone, local_seconds local, std::vector<int64_t>* out) {
  const bool every_hour = cron.hours.all();
  const local_info info = zone->get_info(local);
  auto add = [&](sys_seconds moment) { out->push_back(moment.time_since_epoch().count()); };
  if (info.result == local_info::nonexistent && every_hour) return;
  if (info.result != local_info::ambiguous || every_hour) add(at_offset(local, info.first.offset));
  if (info.result == local_info::ambiguous) add(at_offset(local, info.second.offset));
}

/// What Quartz does: an hour that does not exist is left out, one that exists twice is the second one.
void add_by_quartz(const Cron&, const date::time_zone* zone, local_seconds local, std::vector<int64_t>* out) {
  const local_info info = zone->get_info(local);
  if (info.result == local_info::nonexistent) return;
  const auto offset = info.result == local_info::ambiguous ? info.second.offset : info.first.offset;
  out->push_back(at_offset(local, offset).time_since_epoch().count());
}

void add_moments(const Cron& cron, const date::time_zone* zone, local_seconds local, std::vector<int64_t>* out) {
  const bool every_hour = cron.hours.all();
  const local_info info = zone->get_info(local);
  const sys_seconds earlier = at_offset(local, info.first.offset);
  auto add = [&](sys_seconds moment) { out->push_back(moment.time_since_epoch().count()); };
  switch (info.result) {
    case local_info::unique:
      add(earlier);
      break;
    case local_info::nonexistent:
      if (every_hour) break;
      if (!in_usual_hours(local)) {
        add(earlier);
      } else if (walked_by_day(cron) && info.second.save == minutes{0}) {
        // Zones that say winter is the unusual time (Dublin, Casablanca): Dagster adds no hour, and is early.
        add(at_offset(date::floor<hours>(local), info.second.offset));
      } else {
        add(info.first.end);
      }
      break;
    case local_info::ambiguous: {
      const bool first = every_hour || (walked_by_day(cron) && !in_usual_hours(local));
      if (first) add(earlier);
      if (every_hour || !first) add(at_offset(local, info.second.offset));
      break;
    }
  }
}

template <typename Add>
std::vector<int64_t> moments_of(const Cron& cron, const date::time_zone* zone, int64_t from, int64_t to, Add add) {
  std::vector<int64_t> moments;
  // No offset is longer than a day, so these local days hold every moment asked for.
  const local_days first = date::floor<days>(local_seconds{seconds{from}}) - days{1};
  const local_days last = date::floor<days>(local_seconds{seconds{to}}) + days{1};
  for (local_days day = first; day <= last; day += days{1}) {
    if (!on_day(cron, day)) continue;
    for (size_t hour = 0; hour < cron.hours.size(); ++hour) {
      for (size_t minute = 0; cron.hours[hour] && minute < cron.minutes.size(); ++minute) {
        if (cron.minutes[minute]) add(cron, zone, day + hours{hour} + minutes{minute}, &moments);
      }
    }
  }
  std::ranges::sort(moments);
  const auto same = std::ranges::unique(moments);
  moments.erase(same.begin(), same.end());
  std::erase_if(moments, [&](int64_t moment) { return moment < from || moment >= to; });
  return moments;
}

std::string local_text(const date::time_zone* zone, int64_t moment) {
  return date::format("%F %R%z", date::zoned_seconds{zone, sys_seconds{seconds{moment}}});
}

/// The changes of a zone's clock in the years that compiled zone files list one by one.
std::vector<sys_seconds> clock_changes(const date::time_zone* zone) {
  std::vector<sys_seconds> changes;
  const sys_seconds end = date::sys_days{date::year{2037} / 12 / 31};
  for (sys_seconds moment = date::sys_days{date::year{2026} / 1 / 1}; moment < end;) {
    moment = zone->get_info(moment).end;
    if (moment < end) changes.push_back(moment);
  }
  return changes;
}

/// The first fire around a change of the clock that somebody else's rules have at another moment, as a sentence.
template <typename Add>
std::optional<std::string> differs(const Cron& cron, std::string_view zone_name, std::string_view who, Add add) {
  const date::time_zone* zone = date::locate_zone(zone_name);
  constexpr int64_t kDay = 86400;
  for (sys_seconds change : clock_changes(zone)) {
    const int64_t moment = change.time_since_epoch().count();
    const auto ours = moments_of(cron, zone, moment - kDay, moment + kDay, add_moments);
    const auto theirs = moments_of(cron, zone, moment - kDay, moment + kDay, add);
    const auto [own, other] = std::ranges::mismatch(ours, theirs);
    if (own == ours.end() && other == theirs.end()) continue;
    return fmt::format("{} would start it at {}, and not at {}", who,
                       other == theirs.end() ? "no time" : local_text(zone, *other),
                       own == ours.end() ? "no time" : local_text(zone, *own));
  }
  return std::nullopt;
}

}  // namespace

bool valid_zone(std::string_view name) {
  return std::ranges::binary_search(zone_names(), name);
}

const std::vector<std::string>& zone_names() {
  static const std::vector<std::string> names = [] {
    std::vector<std::string> found;
    for (const date::time_zone& zone : date::get_tzdb().zones) {
      if (zone.name() != "Factory") found.push_back(zone.name());
    }
    std::ranges::sort(found);
    return found;
  }();
  return names;
}

std::vector<int64_t> fires(const Cron& cron, std::string_view zone, int64_t from, int64_t to) {
  return moments_of(cron, date::locate_zone(zone), from, to, add_moments);
}

std::optional<std::string> airflow_differs(const Cron& cron, std::string_view zone_name) {
  return differs(cron, zone_name, "Airflow", add_by_airflow);
}

std::optional<std::string> quartz_differs(const Cron& cron, std::string_view zone_name) {
  return differs(cron, zone_name, "Databricks", add_by_quartz);
}

std::optional<std::string> dst_gap(const Cron& cron, std::string_view zone_name) {
  if (cron.hours.all()) return std::nullopt;
  const date::time_zone* zone = date::locate_zone(zone_name);
  for (sys_seconds moment : clock_changes(zone)) {
    const local_seconds gap_begin{moment.time_since_epoch() + zone->get_info(moment - seconds{1}).offset};
    const local_seconds gap_end{moment.time_since_epoch() + zone->get_info(moment).offset};
    for (local_seconds time = gap_begin; time < gap_end; time += minutes{1}) {
      const local_days day = date::floor<days>(time);
      const auto minute_of_day = std::chrono::duration_cast<minutes>(time - day).count();
      if (!cron.hours[minute_of_day / 60] || !cron.minutes[minute_of_day % 60] || !on_day(cron, day)) continue;
      return fmt::format("{:02}:{:02} does not exist on {} in {}", minute_of_day / 60, minute_of_day % 60,
                         date::format("%F", day), zone_name);
    }
  }
  return std::nullopt;
}

}  // namespace pipec::pipeline
