// What hides personal data: statements that only the platform can execute, as they are written.
#include <catch2/catch.hpp>

#include "project.h"

namespace {

const pipec::test::Built& built() {
  static const pipec::test::Built kBuilt = pipec::test::build("tests/consumers/data/masks");
  return kBuilt;
}

std::string statement(const std::string& path) {
  auto found = built().files.find(path);
  INFO(path);
  REQUIRE(found != built().files.end());
  return found->second.substr(found->second.find('\n') + 1);
}

}  // namespace

TEST_CASE("a policy a schema masks what carries a tag") {
  INFO(built().diagnostics);
  CHECK(statement("platform/databricks/migrate_08_mask_text.sql") ==
        "create or replace function spark_catalog.pipec.mask_text(value string) returns string return '***'\n");
  CHECK(statement("platform/databricks/migrate_11_mask.bronze.other.sql") ==
        "create or replace policy pipec_mask_other on schema spark_catalog.bronze\n"
        "column mask spark_catalog.pipec.mask_other\n"
        "to `account users` except `people's ``care```\n"
        "for tables\n"
        "match columns has_tag_value('pipec_mask', 'other') as personal\n"
        "on column personal\n");
}

TEST_CASE("each kind of table is tagged by its own word") {
  CHECK(statement("bronze/people_log/migrate_10_mask._before.sql") ==
        "alter table spark_catalog.bronze.people_log alter column _before set tags ('pipec_mask' = 'other')\n");
  CHECK(statement("live/answers/migrate_02_mask.the%20name.sql")
            .starts_with("alter streaming table spark_catalog.pipec.live__answers__"));
  CHECK(statement("live/mails/migrate_02_mask.mail.sql")
            .starts_with("alter materialized view spark_catalog.pipec.live__mails__"));
}

TEST_CASE("who runs has to be in the group") {
  CHECK(statement("gold/by_name/run_01_sees_personal_data.sql") ==
        "select case when is_account_group_member('people\\'s `care`') then 0 else 1 end as failures\n");
}
