// The grammar stays fast: no decision needs full context, none looks further than four tokens. Asked over
// every specification and query of the tests, and over random text with every construct.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>

#include <catch2/catch.hpp>

#include "random_text.h"
#include "syntax/antlr_driver.h"
#include "syntax/parse.h"

namespace pipec::syntax {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<fs::path> specifications() {
  std::set<fs::path> found;
  for (const char* folder : {"specs", "tests"}) {
    fs::path root = fs::path(PIPEC_SOURCE_DIR) / folder;
    if (!fs::exists(root)) continue;
    for (const auto& entry : fs::recursive_directory_iterator(root)) {
      if (entry.path().extension() == ".pipe") found.insert(entry.path());
    }
  }
  return {found.begin(), found.end()};
}

std::string first_error(const std::vector<SyntaxError>& errors, std::string_view text) {
  if (errors.empty()) return {};
  uint32_t begin = errors[0].span.begin;
  std::string_view around = text.substr(begin > 60 ? begin - 60 : 0, 120);
  return errors[0].message + "\n near: " + std::string(around);
}

// The number of blocks that have errors.
int parse_file(const std::string& text, std::string& why) {
  int bad = 0;
  FileScan scan = scan_file(text);
  for (const BlockExtent& extent : scan.blocks) {
    std::string_view block = std::string_view(text).substr(extent.span.begin, extent.span.end - extent.span.begin);
    ParsedBlock parsed = parse_block(block);
    if (parsed.errors.empty()) continue;
    ++bad;
    if (why.empty()) why = first_error(parsed.errors, block);
  }
  return bad + static_cast<int>(scan.errors.size());
}

fs::path conformance_file() {
  if (const char* path = std::getenv("PIPEC_CONFORMANCE")) {
    return fs::is_directory(path) ? fs::path(path) / "spark_open.jsonl" : fs::path(path);
  }
  return fs::path(PIPEC_SOURCE_DIR).parent_path() / "shared/conformance/spark_open.jsonl";
}

void check_counts(const PredictionCounts& counts, uint64_t full_before) {
  std::string examples;
  for (const std::string& example : counts.examples) examples += example + "\n";
  INFO(examples);
  CHECK(counts.full_context == full_before);
  // The longest known: `group by window collate utf8_binary`, where a window function's clause might begin.
  CHECK(counts.longest_lookahead <= 5);
}

}  // namespace

TEST_CASE("every specification of the tests that is not wrong by name parses without full context") {
  PredictionCounts& counts = AntlrDriver::of_this_thread().count_predictions();
  uint64_t before = counts.full_context;
  for (const fs::path& path : specifications()) {
    std::string why;
    parse_file(read(path), why);
  }
  check_counts(counts, before);
}

TEST_CASE("random text with every construct parses, without full context") {
  PredictionCounts& counts = AntlrDriver::of_this_thread().count_predictions();
  uint64_t before = counts.full_context;
  RandomText random(11);
  int bad = 0;
  for (int i = 0; i < 300; ++i) {
    std::string text = random.file();
    std::string why;
    int wrong = parse_file(text, why);
    bad += wrong;
    if (wrong > 0 && bad < 5) UNSCOPED_INFO(why);
  }
  CHECK(bad == 0);
  check_counts(counts, before);
}

TEST_CASE("the accepted conformance queries parse, without full context") {
  fs::path path = conformance_file();
  if (!fs::exists(path)) {
    WARN("SKIPPED: no conformance file");
    return;
  }
  PredictionCounts& counts = AntlrDriver::of_this_thread().count_predictions();
  uint64_t before = counts.full_context;
  std::ifstream file(path);
  std::string line;
  int accepted = 0;
  int parsed = 0;
  while (std::getline(file, line)) {
    auto item = nlohmann::json::parse(line);
    std::string label = item["label"];
    if (label.substr(0, 6) != "accept") continue;
    std::string query = item["query"];
    ParsedQuery result = parse_query(query);
    ++accepted;
    parsed += result.errors.empty();
  }
  WARN("conformance: " << parsed << " of " << accepted << " accepted queries parse");
  CHECK(parsed * 1000 >= accepted * 997);
  check_counts(counts, before);
}

}  // namespace pipec::syntax
