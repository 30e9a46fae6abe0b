#include <algorithm>
#include <catch2/catch.hpp>
#include <map>

#include "artifact/artifact_set.h"
#include "hostile.h"

using namespace pipec;

TEST_CASE("names that read well stay as they are", "[file_part]") {
  CHECK(file_part("sales_daily") == "sales_daily");
  CHECK(file_part("gold.sales-2") == "gold.sales-2");
  CHECK(file_part("Sales") == "sales%_1");
  CHECK(file_part("app.dbo.ClubTerms") == "app.dbo.clubterms%_0011");
  CHECK(file_part("AbCdEFGH") == "abcdefgh%_5f");
  CHECK(file_part("CON") == "%63on%_7");
  CHECK(file_part("Lpt1.x") == "%6cpt1.x%_1");
  CHECK(file_part("a/b") == "a%2fb");
  CHECK(file_part("..") == "%2e%2e");
  CHECK(file_part(".x.") == "%2ex%2e");
  CHECK(file_part("con") == "%63on");
  CHECK(file_part("com1.x") == "%63om1.x");
  CHECK(file_part("contract") == "contract");
  CHECK(file_part("") == "%-");
}

TEST_CASE("no two names give one file, on any file system", "[file_part]") {
  std::mt19937 random(7);
  std::map<std::string, std::string> seen;
  auto check = [&](const std::string& name) {
    std::string part = file_part(name);
    CAPTURE(name, part);
    REQUIRE(part.size() <= 150);
    REQUIRE(part.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_.-%") == std::string::npos);
    auto [known, added] = seen.emplace(part, name);
    REQUIRE((added || known->second == name));
  };
  for (int i = 0; i < 20000; ++i) check(random_text(random));
  for (size_t length = 100; length < 400; ++length) {
    check(std::string(length, 'a'));
    check(std::string(length, 'A'));
    check(std::string(length, 'a') + 'A');
    check(file_part(std::string(length, 'a')));
  }
}
