// What a reviewer sees of one change: exactly the files that are about it.
#include <catch2/catch.hpp>
#include <sstream>

#include "support.h"

using namespace pipec;
using test::Files;

namespace {

/// The files of the artifacts that differ, one a line, after one replacement in a project; "+" new, "-" gone.
std::string changed(Files files, const std::string& file, const std::string& from, const std::string& to) {
  const test::Outcome before = test::fresh_outcome(files);
  std::string& text = files.at(file);
  const size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  text.replace(at, from.size(), to);
  const test::Outcome after = test::fresh_outcome(files);
  REQUIRE(before.ok);
  INFO(after.diagnostics);
  REQUIRE(after.ok);
  std::ostringstream out;
  for (const auto& [path, content] : before.files) {
    auto found = after.files.find(path);
    if (found == after.files.end()) out << "- " << path << "\n";
    if (found != after.files.end() && found->second != content) out << path << "\n";
  }
  for (const auto& [path, content] : after.files) {
    if (!before.files.count(path)) out << "+ " << path << "\n";
  }
  return out.str();
}

std::string changed_in_first(const std::string& file, const std::string& from, const std::string& to) {
  return changed(test::load("specs/first"), file, from, to);
}

}  // namespace

TEST_CASE("a comment, a blank, the order of declarations: nothing") {
  CHECK(changed_in_first("models.pipe", "/// A part of a whole", "-- who reads this\n\n/// A part of a whole") == "");
}

TEST_CASE("one query") {
  CHECK(changed_in_first("models.pipe", "max(o.placed_at) as last_order_at", "min(o.placed_at) as last_order_at") ==
        "dagster/manifest.json\n"
        "dagster/nodes/gold/customer_value.json\n"
        "databricks/gold/customer_value/run_03_rebuild.sql\n"
        "databricks/gold/customer_value/run_04_rebuild.queue.sql\n"
        "databricks/gold/customer_value/run_05_rebuild.held.sql\n"
        "databricks/gold/customer_value/run_08_changes.bronze.customers.held.sql\n"
        "databricks/gold/customer_value/run_11_changes.bronze.orders.held.sql\n"
        "databricks/gold/customer_value/run_13_stage.sql\n");
}

TEST_CASE("one description") {
  CHECK(changed_in_first("models.pipe", "/// Each customer with what they spent so far.", "/// What each spent.") ==
        "dagster/manifest.json\n"
        "dagster/nodes/gold/customer_value.json\n"
        "databricks/gold/customer_value/migrate_01_table.sql\n"
        "nodes/gold/customer_value.json\n");
}

TEST_CASE("one column's type") {
  CHECK(changed_in_first("models.pipe", "    spent         decimal(28, 4),", "    spent         decimal(30, 4),") ==
        "dagster/exports/customer_value.json\n"
        "dagster/manifest.json\n"
        "dagster/nodes/gold/country_ranking.json\n"
        "dagster/nodes/gold/customer_value.json\n"
        "databricks/gold/country_ranking/run_02_due.sql\n"
        "databricks/gold/country_ranking/run_06_held.sql\n"
        "databricks/gold/customer_value/migrate_01_table.sql\n"
        "databricks/gold/customer_value/migrate_03_table.widened.sql\n"
        "databricks/gold/customer_value/migrate_04_table.columns.sql\n"
        "databricks/gold/customer_value/migrate_08_stage_table.sql\n"
        "databricks/gold/customer_value/migrate_09_stage_table.columns.sql\n"
        "databricks/gold/customer_value/run_03_rebuild.sql\n"
        "databricks/gold/customer_value/run_05_rebuild.held.sql\n"
        "databricks/gold/customer_value/run_08_changes.bronze.customers.held.sql\n"
        "databricks/gold/customer_value/run_11_changes.bronze.orders.held.sql\n"
        "databricks/gold/customer_value/run_13_stage.sql\n"
        "nodes/customer_value.json\n"
        "nodes/gold/customer_value.json\n"
        "postgres/back_office/exports/customer_value/contract.sql\n"
        "postgres/back_office/exports/customer_value/migrate.alter.sql\n"
        "postgres/back_office/exports/customer_value/migrate.register.sql\n"
        "postgres/back_office/exports/customer_value/migrate.table.sql\n"
        "postgres/back_office/migrate.sql\n"
        "verify/databricks/gold/customer_value/stage_table.sql\n"
        "verify/databricks/gold/customer_value/table.sql\n"
        "verify/postgres/back_office/exports/customer_value/columns_of_table.sql\n"
        "verify/postgres/back_office/exports/customer_value/columns_of_view.sql\n");
}

TEST_CASE("one schedule") {
  CHECK(changed_in_first("serving.pipe", "cron '0 3 * * *'", "cron '0 5 * * *'") ==
        "dagster/manifest.json\n"
        "dagster/schedules/nightly.json\n");
}
