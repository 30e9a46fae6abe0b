// Every statement of specs/first, as files below golden/. PIPEC_BLESS=1 writes them.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "project.h"

namespace fs = std::filesystem;

namespace {

std::map<std::string, std::string> read_all(const fs::path& root) {
  std::map<std::string, std::string> files;
  if (!fs::exists(root)) return files;
  for (const auto& entry : fs::recursive_directory_iterator(root)) {
    if (!entry.is_regular_file()) continue;
    std::ostringstream text;
    text << std::ifstream(entry.path()).rdbuf();
    files[fs::relative(entry.path(), root).generic_string()] = text.str();
  }
  return files;
}

void write_all(const fs::path& root, const std::map<std::string, std::string>& files) {
  fs::remove_all(root);
  for (const auto& [path, text] : files) {
    fs::create_directories((root / path).parent_path());
    std::ofstream(root / path) << text;
  }
}

}  // namespace

TEST_CASE("golden statements") {
  auto [name, folder] = GENERATE(table<std::string, std::string>({{"first", "specs/first"}}));
  pipec::test::Built built = pipec::test::build(folder);
  INFO(built.diagnostics);
  REQUIRE_FALSE(built.files.empty());
  fs::path root = fs::path(PIPEC_SOURCE_DIR) / "backends/databricks/tests/golden" / name;
  if (std::getenv("PIPEC_BLESS") != nullptr) write_all(root, built.files);
  std::map<std::string, std::string> golden = read_all(root);
  for (const auto& [path, text] : built.files) {
    INFO(path);
    REQUIRE(golden.count(path) == 1);
    CHECK(golden[path] == text);
  }
  CHECK(golden.size() == built.files.size());
}
