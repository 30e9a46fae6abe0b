// Each page of docs/diagnostics: its example yields exactly its code, its corrected form yields nothing.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "diagnostics/registry.h"
#include "project/session.h"

using namespace pipec;

namespace {

constexpr const char* kDefaultProject = R"(name: example
language: 1
vars: { catalog: main, landing: "file:/landing" }
connections:
  app_db:
    host: { kafka_connect: "env:HOST" }
    port: { kafka_connect: "env:PORT" }
    user: { kafka_connect: "env:USER" }
    password: { kafka_connect: "env:PASSWORD" }
  serving_db: { dsn: { dagster: "env:DSN" } }
  warehouse: { http_path: { dagster: "env:HTTP_PATH" } }
targets:
  prod:
    warehouse: { engine: databricks, catalog: "${var.catalog}", landing: "${var.landing}" }
    backends: { kafka_connect: { host: self_hosted }, databricks: {}, postgres: {}, dagster: {} }
)";

// The text of the fenced block that opens with the given line.
std::string fenced(const std::string& page, const std::string& fence) {
  size_t begin = page.find("\n" + fence + "\n");
  if (begin == std::string::npos) return {};
  begin += fence.size() + 2;
  return page.substr(begin, page.find("\n```", begin) - begin + 1);
}

// "--- path" lines split an example into files; without any it is example.pipe.
std::shared_ptr<MemoryVfs> files_of(const std::string& example) {
  auto vfs = std::make_shared<MemoryVfs>();
  vfs->set("pipec.yaml", kDefaultProject);
  std::string path = "example.pipe", text;
  std::istringstream lines(example);
  for (std::string line; std::getline(lines, line);) {
    if (line.rfind("--- ", 0) == 0) {
      if (!text.empty()) vfs->set(path, text);
      path = line.substr(4);
      text.clear();
    } else {
      text += line + "\n";
    }
  }
  vfs->set(path, text);
  return vfs;
}

// What only `build` sees.
const std::set<std::string> kOfBuild = {"PIPE0230", "PIPE0231"};

// As `check` sees it, or as `build` does.
std::set<std::string> codes_of(const std::string& example, bool build, std::string& shown) {
  project::Session session(files_of(example));
  project::SessionOptions options;
  options.build = build;
  const project::Analysis& analysis = session.analyze(options);
  if (build && analysis.ok) session.emit(1);
  std::set<std::string> codes;
  for (const Diagnostic& diagnostic : analysis.diagnostics) codes.emplace(diagnostic.kind->code);
  shown = render_text(analysis.diagnostics, analysis.texts);
  return codes;
}

// Codes whose fault is no text of a project: unreadable folders, full disks, faults of pipec itself. Each has
// a test of its own, named here.
const std::set<std::string> kWithoutExample = {
    "PIPE0110",                          // tests/unit/syntax: a file of more than 64 MB
    "PIPE0801",                          // tests/unit/project: a folder without pipec.yaml
    "PIPE0802",                          // tests/cli: a file that may not be read
    "PIPE0812",                          // tests/unit/project: a variable of the command line
    "PIPE0850", "PIPE0851", "PIPE0852",  // tests/unit/driver
    "PIPE2007",                          // backends/kafka_connect/tests: a fault of pipec itself
};

}  // namespace

TEST_CASE("each code has a page, and its example yields it") {
  for (const DiagnosticKind& kind : all_diagnostic_kinds()) {
    std::string code(kind.code);
    SECTION(code) {
      std::string page(diagnostic_page(kind.code));
      REQUIRE_FALSE(page.empty());
      CHECK(page.rfind("# " + code + ": ", 0) == 0);
      if (kWithoutExample.count(code)) return;
      std::string shown;
      std::string example = fenced(page, "```pipe");
      REQUIRE_FALSE(example.empty());
      std::set<std::string> found = codes_of(example, kOfBuild.count(code) > 0, shown);
      INFO(shown);
      CHECK(found == std::set<std::string>{code});
      std::string fixed = fenced(page, "```pipe,fixed");
      REQUIRE_FALSE(fixed.empty());
      found = codes_of(fixed, kOfBuild.count(code) > 0, shown);
      INFO("fixed:\n" << shown);
      CHECK(found.empty());
    }
  }
}
