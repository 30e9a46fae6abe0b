// Keys of bundles and tasks, texts that no bundle renders, and crons as Quartz writes them.
#include <catch2/catch.hpp>
#include <set>

#include "databricks_jobs/names.h"
#include "databricks_jobs/quartz.h"

using namespace pipec;
using namespace pipec::backend::databricks_jobs;

namespace {

std::string quartz(const char* text) {
  std::string why;
  const auto cron = pipeline::parse_cron(text, &why);
  INFO(text << ": " << why);
  REQUIRE(cron);
  return quartz_of(*cron).value_or("none");
}

bool is_key(const std::string& key) {
  return !key.empty() && key.size() <= 100 &&
         key.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == std::string::npos;
}

}  // namespace

TEST_CASE("plain names stay as they are, any others get a hash") {
  CHECK(key_of_node("gold.sales_daily") == "gold__sales_daily");
  CHECK(key_of_node("customer_value") == "customer_value");
  CHECK(key_of({"nightly"}) == "nightly");
  CHECK(key_of({"it's ${odd}"}).starts_with("x-it_s_odd-"));
  CHECK(key_of({""}).starts_with("x-"));
}

TEST_CASE("two names never become one key") {
  const std::vector<std::vector<std::string_view>> names = {
      {"a", "b"},  {"a__b"},   {"a_", "b"}, {"a", "_b"}, {"A", "b"},  {"a b"},
      {"a", " b"}, {"a.b"},    {"a-b"},     {"x-a-b"},   {"", "ab"},  {"ab", ""},
      {"1", "a"},  {"a", "1"}, {"日本"},    {"本日"},    {"check-a"}, {std::string_view("a\0b", 3)}};
  std::set<std::string> keys;
  for (const auto& name : names) {
    const std::string key = key_of(name);
    INFO(key);
    CHECK(is_key("verdict-" + key));
    CHECK(keys.insert(key).second);
  }
  const std::string long_name(300, 'a');
  CHECK(is_key("verdict-" + key_of({long_name})));
  CHECK(key_of({long_name}) != key_of({long_name + "b"}));
}

TEST_CASE("a bundle finds no reference in a text, and no half of a character is left") {
  CHECK(shown("costs ${var.x} or $5 {{job.id}}", 100) == "costs $ {var.x} or $5 {{job.id}}");
  CHECK(shown("äääää", 8) == "ää...");
}

TEST_CASE("crons as Quartz writes them") {
  CHECK(quartz("0 3 * * *") == "0 0 3 * * ?");
  CHECK(quartz("*/20 * * * *") == "0 0,20,40 * * * ?");
  CHECK(quartz("15 2 1,15 jan-mar *") == "0 15 2 1,15 1,2,3 ?");
  CHECK(quartz("30 1 * * 0,sat") == "0 30 1 ? * SUN,SAT");
  CHECK(quartz("0 0 * * mon-fri") == "0 0 0 ? * MON,TUE,WED,THU,FRI");
  CHECK(quartz("0 0 1 * mon") == "none");
}
