// Every query of Spark's own tests that our parser takes is the same query when it is printed.
#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>

#include "print_test.h"
#include "syntax/parse.h"

using namespace pipec;

TEST_CASE("queries of Spark's tests keep their meaning when printed") {
  std::ifstream file(PIPEC_SOURCE_DIR "/../shared/conformance/spark_open.jsonl");
  if (!file) {
    WARN("SKIPPED: the conformance queries are not on this machine");
    return;
  }
  size_t seen = 0;
  size_t skipped = 0;
  for (std::string line; std::getline(file, line);) {
    nlohmann::json entry = nlohmann::json::parse(line);
    std::string query = entry["query"];
    if (!syntax::parse_query(query).errors.empty()) {
      ++skipped;
      continue;
    }
    ++seen;
    std::string wrong = print::round_trip(query);
    INFO(entry["id"] << "\n" << query << "\n" << wrong);
    CHECK(wrong.empty());
  }
  WARN(seen << " queries printed, " << skipped << " that the parser does not take");
}
