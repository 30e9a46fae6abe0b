// What the documentation shows compiles: the examples of docs/language.md together are one project without a
// single diagnostic, and so is README's.
#include <catch2/catch.hpp>
#include <fstream>
#include <set>
#include <sstream>

#include "project/session.h"

using namespace pipec;

namespace {

std::string read(const std::string& path) {
  std::ifstream file(std::string(PIPEC_SOURCE_DIR) + "/" + path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

/// The texts of all fenced blocks of a language.
std::vector<std::string> fenced(const std::string& page, const std::string& language) {
  std::vector<std::string> blocks;
  std::string fence = "\n```" + language + "\n";
  for (size_t at = page.find(fence); at != std::string::npos; at = page.find(fence, at + 1)) {
    size_t begin = at + fence.size();
    blocks.push_back(page.substr(begin, page.find("\n```", begin) - begin + 1));
  }
  return blocks;
}

std::shared_ptr<MemoryVfs> project_of(const std::string& config, const std::vector<std::string>& blocks) {
  auto vfs = std::make_shared<MemoryVfs>();
  vfs->set("pipec.yaml", config);
  for (size_t i = 0; i < blocks.size(); ++i) vfs->set("example" + std::to_string(i + 1) + ".pipe", blocks[i]);
  for (const char* file : {"models/forecast.py", "jobs/embed.py"}) vfs->set(file, "def run(rows):\n  return []\n");
  vfs->set("ref/countries.csv", "code,market\nAT,Europe\n");
  return vfs;
}

std::string diagnostics_of(const std::string& config, const std::vector<std::string>& blocks, bool build = true) {
  project::Session session(project_of(config, blocks));
  project::SessionOptions options;
  options.build = build;
  const project::Analysis& analysis = session.analyze(options);
  return render_text(analysis.diagnostics, analysis.texts);
}

}  // namespace

TEST_CASE("the language reference") {
  std::string page = read("docs/language.md");
  std::vector<std::string> config = fenced(page, "yaml"), blocks = fenced(page, "pipe");
  REQUIRE(config.size() == 1);
  REQUIRE(blocks.size() >= 7);
  CHECK(diagnostics_of(config[0], blocks) == "");
}

TEST_CASE("what the language reference shows and no backend builds") {
  std::string page = read("docs/language.md");
  std::vector<std::string> blocks = fenced(page, "pipe"), planned = fenced(page, "pipe,planned");
  size_t built = blocks.size();
  blocks.insert(blocks.end(), planned.begin(), planned.end());
  std::string config = fenced(page, "yaml").at(0);
  CHECK(diagnostics_of(config, blocks, false) == "");
  // Each of them is refused, and they alone: one that a backend takes on is no longer planned.
  project::Session session(project_of(config, blocks));
  std::set<std::string> refused;
  for (const Diagnostic& diagnostic : session.analyze({}).diagnostics) {
    CHECK(diagnostic.kind->code == "PIPE0230");
    refused.emplace(diagnostic.place.file.text());
  }
  for (size_t i = 0; i < blocks.size(); ++i) {
    bool tests_alone = blocks[i].starts_with("test ");
    INFO(blocks[i]);
    CHECK(refused.count("example" + std::to_string(i + 1) + ".pipe") == (i >= built && !tests_alone));
  }
}

TEST_CASE("the README") {
  std::vector<std::string> blocks = fenced(read("README.md"), "pipe");
  REQUIRE(blocks.size() == 1);
  CHECK(diagnostics_of(R"(name: example
language: 1
connections:
  shop_db: { host: x, user: y, password: { kafka_connect: "env:PASSWORD" } }
  warehouse: { http_path: { dagster: "env:HTTP_PATH" } }
targets:
  prod:
    warehouse: { engine: databricks, landing: "file:/landing" }
    backends: { kafka_connect: {}, databricks: {}, dagster: {} }
)",
                       blocks) == "");
}
