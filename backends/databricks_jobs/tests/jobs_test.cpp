// What a project of text becomes, where the consumers' tests have no case of it, and what is refused.
#include <catch2/catch.hpp>

#include "databricks_jobs/job.h"
#include "project/session.h"

using namespace pipec;
using namespace pipec::backend;

namespace {

constexpr const char* kProject = R"(name: small
language: 1
connections:
  warehouse: { host: "https://adb-1.example", http_path: { databricks_jobs: "env:HTTP_PATH" } }
targets:
  prod:
    warehouse: { engine: databricks, catalog: main }
    backends: { databricks: {}, databricks_jobs: {} }
)";
constexpr const char* kModel = "model gold.one { full as select 1 as id }\n";

std::string codes(const std::string& declarations) {
  auto vfs = std::make_shared<MemoryVfs>();
  vfs->set("pipec.yaml", kProject);
  vfs->set("it.pipe", kModel + declarations);
  project::Session session(vfs);
  std::string found;
  for (const Diagnostic& diagnostic : session.analyze({}).diagnostics)
    found += std::string(found.empty() ? "" : " ") + std::string(diagnostic.kind->code);
  return found;
}

std::string schedule(const std::string& items) {
  return "schedule nightly {\n  cron '0 3 * * *'\n  run all\n" + items + "}\n";
}

std::string many(int count, const char* before, const char* after) {
  std::string text;
  for (int i = 0; i < count; ++i) text += before + std::to_string(i) + after;
  return text;
}

}  // namespace

TEST_CASE("what a bundle cannot say is refused, and what just fits is not") {
  CHECK(codes(schedule(many(3, "  on failure alert slack secret('s", "')\n"))) == "");
  CHECK(codes(schedule(many(4, "  on failure alert slack secret('s", "')\n"))) == "PIPE2266");
  CHECK(codes(schedule("  on failure alert slack secret('a ${b}')\n")) == "PIPE2266");
  CHECK(codes("@tags(" + many(22, "t", ", ") + "last)\n" + schedule("")) == "");
  CHECK(codes("@tags(" + many(23, "t", ", ") + "last)\n" + schedule("")) == "PIPE2266");
  CHECK(codes(many(998, "model gold.m", " { view as select 1 as id }\n") + schedule("")) == "");
  CHECK(codes(many(1000, "model gold.m", " { view as select 1 as id }\n") + schedule("")) == "PIPE2266");
}

TEST_CASE("a schedule without a pause is left to others") {
  auto vfs = std::make_shared<MemoryVfs>();
  vfs->set("pipec.yaml", kProject);
  vfs->set("it.pipe", std::string(kModel) + "schedule ever { continuous  run all }\n");
  project::Session session(vfs);
  project::SessionOptions options;
  options.build = true;
  const project::Analysis& analysis = session.analyze(options);
  REQUIRE(analysis.diagnostics.size() == 1);
  CHECK(analysis.diagnostics[0].kind->code == "PIPE0230");
}

TEST_CASE("a schedule after tables that others load waits for all of them") {
  pipeline::Pipeline pipeline;
  pipeline.project = "small";
  pipeline.target.name = "prod";
  pipeline.target.catalog = "main";
  pipeline.target.backends["databricks_jobs"] = {
      {"schedules", "running"}, {"cluster", ""}, {"secret_scope", ""}, {"packages", ""}, {"statements", "session"}};
  pipeline::Source source;
  source.head.name = Symbol::of("ga4");
  source.schema = Symbol::of("visits");
  for (const char* name : {"events", "users"}) {
    pipeline::SourceTable table;
    table.name = Symbol::of(name);
    source.tables.push_back(table);
  }
  pipeline.sources.push_back(source);
  pipeline::Schedule schedule;
  schedule.head.name = Symbol::of("after_visits");
  schedule.start = pipeline::Schedule::Start::After;
  schedule.after = source.head.name;
  schedule.after_sync = true;
  pipeline.schedules.push_back(schedule);
  const std::map<Symbol, pipeline::StepList, ByText> steps;
  View view(pipeline, steps);
  const Value document = databricks_jobs::job_document(view, schedule);
  const Value& job = *document.find("resources")->find("jobs")->find("after_visits");
  CHECK(*job.find("trigger") ==
        Value::object(
            {{"pause_status", "UNPAUSED"},
             {"table_update", Value::object({{"table_names", Value::array({"main.visits.events", "main.visits.users"})},
                                             {"condition", "ALL_UPDATED"}})}}));
  CHECK(*job.find("queue")->find("enabled") == Value(true));
}
