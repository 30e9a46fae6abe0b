// What AUTO CDC cannot keep is refused.
#include <catch2/catch.hpp>

#include "project/session.h"

using namespace pipec;

namespace {

constexpr const char* kProject = R"(name: small
language: 1
connections: { app_db: { host: db.example, user: { kafka_connect: "env:U" }, password: { kafka_connect: "env:P" } } }
targets:
  prod:
    warehouse: { engine: databricks, catalog: main, landing: "file:/landing" }
    backends: { databricks: { cdc: auto_cdc }, kafka_connect: { host: self_hosted } }
)";

std::string codes(const std::string& words) {
  auto vfs = std::make_shared<MemoryVfs>();
  vfs->set("pipec.yaml", kProject);
  vfs->set("it.pipe",
           "source app { kind postgres  connection app_db  database app\n"
           "  cdc { retention 3 days }\n"
           "  table public.jobs ( id bigint primary key, title text )\n"
           "}\n"
           "cdc bronze.jobs from app.public.jobs { " +
               words + " }\n");
  project::Session session(vfs);
  std::string found;
  for (const Diagnostic& diagnostic : session.analyze({}).diagnostics)
    found += std::string(found.empty() ? "" : " ") + std::string(diagnostic.kind->code);
  return found;
}

}  // namespace

TEST_CASE("what AUTO CDC cannot keep is refused") {
  CHECK(codes("") == "");
  CHECK(codes("on new column rescue") == "");
  CHECK(codes("deletes soft") == "PIPE2107");
  CHECK(codes("log retain 2 years") == "PIPE2107");
  CHECK(codes("on new column add") == "PIPE2107");
}
