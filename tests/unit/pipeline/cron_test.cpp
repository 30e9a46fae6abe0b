#include "pipeline/cron.h"

#include <catch2/catch.hpp>

using namespace pipec::pipeline;

namespace {

std::string why_not(std::string_view text) {
  std::string why;
  REQUIRE_FALSE(parse_cron(text, &why));
  return why;
}

Cron cron(std::string_view text) {
  std::string why;
  const auto parsed = parse_cron(text, &why);
  INFO(text << ": " << why);
  REQUIRE(parsed);
  return *parsed;
}

std::string why_not_every(int64_t seconds) {
  std::string why;
  REQUIRE_FALSE(cron_of_every(seconds, &why));
  return why;
}

}  // namespace

TEST_CASE("fields of a cron") {
  const Cron c = cron(" 5,10-20/5  */6 1 JAN,mar Mon-fri\t");
  CHECK(c.text == "5,10-20/5 */6 1 jan,mar mon-fri");
  CHECK(c.minutes.count() == 4);
  CHECK((c.minutes[5] && c.minutes[10] && c.minutes[15] && c.minutes[20]));
  CHECK(c.hours.count() == 4);
  CHECK((c.months[1] && c.months[3] && c.months.count() == 2));
  CHECK((c.weekdays[1] && c.weekdays[5] && c.weekdays.count() == 5));
  CHECK_FALSE(c.any_day);
  CHECK_FALSE(c.any_weekday);
  CHECK(c.sub_daily());
  CHECK_FALSE(cron("0 3 * * *").sub_daily());
}

TEST_CASE("Sunday is 0, 7 and sun, and ends a week too") {
  CHECK(cron("0 0 * * 7").weekdays == cron("0 0 * * sun").weekdays);
  CHECK(cron("0 0 * * 6-7").weekdays == cron("0 0 * * sat,sun").weekdays);
  CHECK(cron("0 0 * * mon-sun").weekdays.all());
  CHECK(cron("0 0 * * 0-6").any_weekday);
  CHECK_FALSE(cron("0 0 1 * 0-6").any_weekday);
}

TEST_CASE("what is wrong with a cron, in words") {
  CHECK(why_not("0 3 * *") == "a cron has five fields (minute, hour, day of the month, month, weekday), not 4");
  CHECK(why_not("@daily") == "a cron has five fields (minute, hour, day of the month, month, weekday), not 1");
  CHECK(why_not("60 * * * *") == "the minute `60` is not between 0 and 59");
  CHECK(why_not("0 25 * * *") == "the hour `25` is not between 0 and 23");
  CHECK(why_not("0 0 0 * *") == "the day of the month `0` is not between 1 and 31");
  CHECK(why_not("0 0 * * 8") == "the weekday `8` is not between 0 and 6");
  CHECK(why_not("x * * * *") == "`x` is no minute");
  CHECK(why_not("1, * * * *") == "`` is no minute");
  CHECK(why_not("-1 * * * *") == "`` is no minute");
  CHECK(why_not("0 0 L * *") == "`l` is no day of the month");
  CHECK(why_not("99999999999 0 * * *") == "`99999999999` is no minute");
  CHECK(why_not("*/0 * * * *") == "`*/0` is no step of the minute");
  CHECK(why_not("*/90 * * * *") == "the step in `*/90` is longer than the range: the minute would be 0 alone");
  CHECK(why_not("10/5 * * * *") == "`10/5`: a step needs a range: `10-59/5`");
  CHECK(why_not("0 20-4 * * *") == "the range `20-4` of the hour runs backwards");
  CHECK(why_not("0 5-5 * * *") == "the range `5-5` of the hour has one value: write `5`");
  CHECK(why_not("0 0 31 2,4 *") == "it never fires: none of its months has such a day");
  CHECK(cron("0 0 29 2 *").days[29]);
}

TEST_CASE("every so often, as a cron") {
  std::string why;
  CHECK(cron_of_every(60, &why) == "* * * * *");
  CHECK(cron_of_every(600, &why) == "*/10 * * * *");
  CHECK(cron_of_every(3600, &why) == "0 * * * *");
  CHECK(cron_of_every(6 * 3600, &why) == "0 */6 * * *");
  CHECK(cron_of_every(86400, &why) == "0 0 * * *");
  CHECK(why_not_every(30) == "a schedule fires at whole minutes: the shortest distance is 1 minute");
  CHECK(why_not_every(7 * 60) == "an hour is no multiple of 7 minutes");
  CHECK(why_not_every(90 * 60) == "a day is no multiple of 90 minutes, and only whole hours can be kept apart");
  CHECK(why_not_every(7 * 86400) == "weeks begin on different days: name it, as in `cron '0 0 * * mon'`");
  CHECK(why_not_every(2 * 86400) == "months have no whole number of such days: name them, as in `cron '0 0 1,15 * *'`");
}

TEST_CASE("zones") {
  CHECK(valid_zone("Europe/London"));
  CHECK(valid_zone("UTC"));
  for (const char* name : {"", "europe/london", "Europe/Londn", "Europe", "posix/UTC", "../etc/passwd", "Factory"})
    CHECK_FALSE(valid_zone(name));
}

// 2026-03-29 01:00 UTC and 2026-10-25 01:00 UTC: the clocks of Berlin change.
TEST_CASE("fires over the clock changes") {
  const int64_t spring = 1774746000, autumn = 1792890000, hour = 3600;
  CHECK(fires(cron("30 2 * * *"), "Europe/Berlin", spring - hour, spring + 24 * hour) ==
        std::vector<int64_t>{spring, spring + 23 * hour + 1800});
  CHECK(fires(cron("30 2 * * *"), "Europe/Berlin", autumn - 2 * hour, autumn + 2 * hour) ==
        std::vector<int64_t>{autumn + 1800});
  CHECK(fires(cron("0 * * * *"), "Europe/Berlin", spring - 2 * hour, spring + 2 * hour).size() == 4);
  CHECK(fires(cron("*/10 * * * *"), "UTC", 0, hour).size() == 6);
  CHECK(fires(cron("0 0 29 2 *"), "UTC", 0, 5 * 366 * 24 * hour) == std::vector<int64_t>{68169600});
}

TEST_CASE("a fixed hour that does not exist on some day") {
  CHECK(dst_gap(cron("30 2 * * *"), "Europe/Berlin") == "02:30 does not exist on 2026-03-29 in Europe/Berlin");
  CHECK(dst_gap(cron("30 2 * * 6"), "Europe/Berlin") == std::nullopt);  // the clocks change on Sundays
  CHECK(dst_gap(cron("0 3 * * *"), "Europe/Berlin") == std::nullopt);
  CHECK(dst_gap(cron("0 1 * * *"), "Europe/London") == "01:00 does not exist on 2026-03-29 in Europe/London");
  CHECK(dst_gap(cron("0 3 * * *"), "Europe/London") == std::nullopt);
  CHECK(dst_gap(cron("*/10 * * * *"), "Europe/Berlin") == std::nullopt);
  CHECK(dst_gap(cron("30 2 * * *"), "UTC") == std::nullopt);
}
