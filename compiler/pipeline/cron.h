// Cron expressions of five fields and the moments at which they fire, in the semantics of the orchestrators'
// own iterators. Pure: the only thing read is the machine's time zone database, and no clock.
#pragma once

#include <bitset>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pipec::pipeline {

struct Cron {
  std::string text;  // the five fields, one blank between them, as written otherwise
  std::bitset<60> minutes;
  std::bitset<24> hours;
  std::bitset<32> days;     // 1 to 31
  std::bitset<13> months;   // 1 to 12
  std::bitset<7> weekdays;  // 0 is Sunday
  // Where both fields of days are restricted, a day that either names is meant.
  bool any_day = false, any_weekday = false;

  /// More than one fire on a day: such a schedule is in UTC (LANGUAGE 7.12), a `timezone` on it is an error.
  bool sub_daily() const { return minutes.count() * hours.count() > 1; }
};

/// nullopt: `why` gets the reason in words ("the hour `25` is not between 0 and 23").
std::optional<Cron> parse_cron(std::string_view text, std::string* why);

/// The cron of `every N minutes|hours|days`, aligned to midnight UTC. nullopt with `why` where no cron keeps
/// that distance (7 minutes: an hour is no multiple of it).
std::optional<std::string> cron_of_every(int64_t seconds, std::string* why);

/// True for a name of the IANA database, in its own spelling ("Europe/London", "UTC").
bool valid_zone(std::string_view name);
/// All of them, sorted, for suggestions.
const std::vector<std::string>& zone_names();

/// The moments (Unix seconds) in [from, to) at which Dagster fires. In a gap of daylight saving a fixed hour
/// fires at the gap's end; in a fold it fires once, the second time; a field of hours that is `*` fires each
/// real hour. The zone must be valid.
std::vector<int64_t> fires(const Cron& cron, std::string_view zone, int64_t from, int64_t to);

/// A fire whose local time does not exist on some day, as a sentence ("02:30 does not exist on 2026-03-29 in
/// Europe/Berlin"); nullopt: there is none. Looks at the clock changes of 2026 to 2037.
std::optional<std::string> dst_gap(const Cron& cron, std::string_view zone);

/// A fire that Airflow's timetable has at another moment, as a sentence; nullopt: there is none in these years.
std::optional<std::string> airflow_differs(const Cron& cron, std::string_view zone);
/// The same for Quartz, by which Databricks starts its jobs.
std::optional<std::string> quartz_differs(const Cron& cron, std::string_view zone);

}  // namespace pipec::pipeline
