// The manifest of specs/first: whole, true to the files that it names, and changed by an edit only where it
// must be.
#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>

#include "artifact/document.h"
#include "base/hash.h"
#include "project/session.h"

using namespace pipec;

namespace {

using Files = std::map<std::string, std::string>;

Files specs_first() {
  Files files;
  for (const auto& entry : std::filesystem::directory_iterator(PIPEC_SOURCE_DIR "/specs/first")) {
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    files[entry.path().filename().string()] = text.str();
  }
  return files;
}

ArtifactFiles artifacts(const Files& files) {
  auto vfs = std::make_shared<MemoryVfs>();
  for (const auto& [path, text] : files) vfs->set(path, text);
  project::Session session(vfs);
  const project::Analysis& analysis = session.analyze({});
  INFO(render_text(analysis.diagnostics, analysis.texts));
  REQUIRE(analysis.ok);
  return session.emit(1).files;
}

Value parsed(const ArtifactFiles& files, const std::string& path) {
  REQUIRE(files.count(path) == 1);
  ParsedJson json = parse_json(files.at(path));
  INFO(path << ": " << json.error);
  REQUIRE(json.ok);
  return json.value;
}

Files edited(const std::string& from, const std::string& to) {
  Files files = specs_first();
  std::string& text = files.at("models.pipe");
  const size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  text.replace(at, from.size(), to);
  return files;
}

std::vector<std::string> lines(const std::string& text) {
  std::vector<std::string> found;
  std::istringstream stream(text);
  for (std::string line; std::getline(stream, line);) found.push_back(line);
  return found;
}

constexpr const char* kParts[] = {"platforms", "sources", "nodes", "checks", "schedules"};

}  // namespace

TEST_CASE("each part has the hash that the manifest says, and each step the file that it names") {
  const ArtifactFiles files = artifacts(specs_first());
  const Value manifest = parsed(files, "dagster/manifest.json");
  std::set<std::string> named, statements;
  for (const char* part : kParts) {
    for (const auto& [name, entry] : *manifest.find(part)->members()) {
      const std::string path = "dagster/" + *entry.find("file")->text();
      const Value document = parsed(files, path);
      CHECK(sha256_hex(files.at(path)) == *entry.find("sha256")->text());
      CHECK(*document.find("name")->text() == name);
      named.insert(path);
      const Value* steps = document.find("steps");
      for (const Value& step : steps ? *steps->items() : Value::Array{}) {
        const std::string& file = *step.find("path")->text();
        REQUIRE(files.count(file) == 1);
        CHECK(sha256_hex(files.at(file)) == *step.find("sha256")->text());
        CHECK(statements.insert(file).second);
      }
    }
  }
  // Nothing lies there that the manifest does not name, and no statement that nobody runs.
  for (const auto& [path, text] : files) {
    const bool is_part = path.starts_with("dagster/") && path.find("/_runtime/") == std::string::npos &&
                         path.ends_with(".json") && path != "dagster/manifest.json";
    CHECK((!is_part || named.count(path) == 1));
    const bool is_statement = path.ends_with(".sql") && !path.starts_with("kafka_connect/") &&
                              !path.starts_with("verify/") && path != "postgres/back_office/migrate.sql";
    CHECK((!is_statement || statements.count(path) == 1));
  }
  CHECK(manifest.find("order")->items()->size() == manifest.find("nodes")->members()->size());
}

TEST_CASE("the runtime lies beside the manifest as it is in the repository") {
  const ArtifactFiles files = artifacts(specs_first());
  const std::filesystem::path root = PIPEC_SOURCE_DIR "/runtime";
  size_t count = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    const std::string package = entry.path().lexically_relative(root).begin()->generic_string();
    if (entry.path().extension() != ".py" || package == "pipec_airflow" || package == "pipec_databricks_jobs") continue;
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    const std::string path = "dagster/_runtime/" + entry.path().lexically_relative(root).generic_string();
    REQUIRE(files.count(path) == 1);
    CHECK((files.at(path) == text.str()));
    ++count;
  }
  CHECK(count > 10);
}

TEST_CASE("an edit of one model changes that model's part and its line alone") {
  const ArtifactFiles before = artifacts(specs_first());
  const ArtifactFiles after = artifacts(edited("count(*) as orders,", "count(o.order_id) as orders,"));
  std::set<std::string> changed;
  for (const auto& [path, text] : after) {
    const auto old = before.find(path);
    if (path.starts_with("dagster/") && (old == before.end() || old->second != text)) changed.insert(path);
  }
  CHECK(changed == std::set<std::string>{"dagster/manifest.json", "dagster/nodes/gold/sales_daily.json"});
  const auto old_lines = lines(before.at("dagster/manifest.json")),
             new_lines = lines(after.at("dagster/manifest.json"));
  REQUIRE(old_lines.size() == new_lines.size());
  size_t different = 0;
  for (size_t i = 0; i < old_lines.size(); ++i) different += old_lines[i] != new_lines[i];
  CHECK(different == 1);
}

TEST_CASE("the version of a node's code is that of what a run executes") {
  auto version = [](const Files& files) {
    return *parsed(artifacts(files), "dagster/nodes/gold/sales_daily.json").find("code_version")->text();
  };
  const std::string before = version(specs_first());
  CHECK(version(edited("/// What was sold each day", "/// All that was sold each day")) == before);
  CHECK(version(edited("count(*) as orders,", "count(o.order_id) as orders,")) != before);
}
