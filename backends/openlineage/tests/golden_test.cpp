// Every event of a small project, as files below golden/. PIPEC_BLESS=1 writes them.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "project/session.h"

namespace fs = std::filesystem;
using namespace pipec;

namespace {

constexpr const char* kConfig = R"(name: shop
language: 1
defaults: { owner: data@shop.example }
connections:
  office_db:
    host: { kafka_connect: "env:HOST", openlineage: office.shop.example }
    user: { kafka_connect: "env:USER" }
    password: { kafka_connect: "env:PASSWORD" }
  kafka: { brokers: "broker:9092" }
  serving_db:
    dsn: { dagster: "env:DSN" }
    host: { openlineage: serving.shop.example }
    port: { openlineage: 5433 }
    database: { openlineage: serving }
  warehouse: { host: adb-1.example, http_path: { dagster: "env:HTTP_PATH" } }
targets:
  prod:
    warehouse: { engine: databricks, catalog: main, schema_prefix: "p_", landing: "file:/landing" }
    backends: { databricks: {}, postgres: {}, dagster: {}, kafka_connect: {},
                openlineage: { event_time: "2026-11-22T10:00:00Z", namespace: "pipec://shop",
                               repository: "https://git.example/shop/tree/main" } }
)";

constexpr const char* kShop = R"(/// The office's database.
source office {
  kind sqlserver  connection office_db  database Office
  /// People who work here.
  table dbo.Staff ( StaffId int primary key, FullName nvarchar(200) not null @pii(name), Salary money )
}
/// Statements as the bank sends them.
source bank {
  kind files  path 'statements/*.csv'  format csv { header }
  table movements ( account string not null from 'Account', amount decimal(18, 2) from 'Amount' )
}
cdc bronze.staff from office.dbo.Staff { history bronze.staff_history  log bronze.staff_log retain 1 years  deletes hard }
load raw.movements from bank.movements { append new files  bad rows fail }
/// What people cost.
@tags(finance)
model gold.staff_cost {
  full
  key (StaffId)
  expect unique (StaffId)
  as
  select s.StaffId, sha2(s.FullName, 256) as who, named_struct('pay', s.Salary, 'months', 12) as yearly,
    case when s.Salary > 10 then m.total end as paid
  from bronze.staff as s
  -- Accounts are named after people.
  join (select account, sum(amount) as total from raw.movements group by account) as m on m.account = s.FullName
}
destination back_office { kind postgres  connection serving_db  schema shop_data }
/// What the office sees.
export staff_cost to back_office from gold.staff_names { key (StaffId)  mode swap }
/// Those who work here.
model gold.staff_names { view  as select StaffId from bronze.staff }
schedule nightly { cron '0 3 * * *'  run all }
)";

std::map<std::string, std::string> events() {
  auto vfs = std::make_shared<MemoryVfs>();
  vfs->set("pipec.yaml", kConfig);
  vfs->set("shop.pipe", kShop);
  project::Session session(vfs);
  const project::Analysis& analysis = session.analyze({});
  INFO(render_text(analysis.diagnostics, analysis.texts));
  REQUIRE(analysis.ok);
  std::map<std::string, std::string> files;
  constexpr std::string_view kFolder = "openlineage/";
  for (const auto& [path, text] : session.emit(1).files) {
    if (path.starts_with(kFolder)) files[path.substr(kFolder.size())] = text;
  }
  return files;
}

}  // namespace

TEST_CASE("golden events") {
  fs::path root = fs::path(PIPEC_SOURCE_DIR) / "backends/openlineage/tests/golden";
  std::map<std::string, std::string> files = events();
  if (std::getenv("PIPEC_BLESS") != nullptr) {
    fs::remove_all(root);
    for (const auto& [path, text] : files) {
      fs::create_directories((root / path).parent_path());
      std::ofstream(root / path) << text;
    }
  }
  size_t golden = 0;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    std::string path = fs::relative(entry.path(), root).generic_string();
    INFO(path);
    CHECK(files[path] == text.str());
    ++golden;
  }
  CHECK(golden == files.size());
}
