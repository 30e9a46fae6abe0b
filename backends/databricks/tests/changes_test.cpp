// Which changed rows of an input count: conditions that do not hold for all rows behind the result must not leave any out.
#include <catch2/catch.hpp>

#include "project.h"

namespace {

/// The conditions on changed rows in a statement that queues grains or keys.
std::string conditions(const std::string& path) {
  static const pipec::test::Built kBuilt = pipec::test::build("backends/databricks/tests/changes");
  INFO(kBuilt.diagnostics << path);
  auto found = kBuilt.files.find(path);
  REQUIRE(found != kBuilt.files.end());
  size_t begin = found->second.rfind("  where "), end = found->second.rfind("\n) as touched");
  return begin < end ? found->second.substr(begin + 8, end - begin - 8) : "";
}

}  // namespace

TEST_CASE("an outer join's condition says nothing of rows that it keeps without a match") {
  CHECK(conditions("gold/kept/run_08_changes.raw.sales.queue.sql") == "");
  CHECK(conditions("gold/kept/run_11_changes.raw.shops.queue.sql") == "changed.size > 6");
  CHECK(conditions("gold/missing/run_07_changes.raw.sales.queue.sql") == "");
  CHECK(conditions("gold/missing/run_10_changes.raw.shops.queue.sql") == "changed.size > 6");
}

TEST_CASE("a condition above a window function leaves out no row that the function has seen") {
  CHECK(conditions("gold/first_sales/run_06_changes.raw.sales.queue.sql") == "changed.price > 4 and changed.shop > 6");
}
