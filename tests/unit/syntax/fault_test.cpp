// Broken text: the error names the right place, there is one, and it stays in its block.
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <map>
#include <random>
#include <sstream>

#include <catch2/catch.hpp>

#include "syntax/lexer.h"
#include "syntax/parse.h"

namespace pipec::syntax {
namespace {

const std::string kFolder = std::string(PIPEC_SOURCE_DIR) + "/tests/unit/syntax/";

std::string read(const std::string& name) {
  std::ifstream file(kFolder + name, std::ios::binary);
  REQUIRE(file);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::string with_newlines(const std::string& text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    bool escape = text[i] == '\\' && i + 1 < text.size() && text[i + 1] == 'n';
    out += escape ? '\n' : text[i];
    i += escape;
  }
  return out;
}

struct Found {
  Span span;  // in the file
  const DiagnosticKind* kind;
  std::string message;
  size_t block;
};

struct Result {
  std::vector<Found> errors;
  std::vector<Span> spans;
  std::vector<std::string> trees;
};

Result parse_all(const std::string& text, bool trees) {
  Result result;
  FileScan scan = scan_file(text);
  for (const SyntaxError& error : scan.errors)
    result.errors.push_back({error.span, error.kind, error.message, SIZE_MAX});
  for (size_t i = 0; i < scan.blocks.size(); ++i) {
    Span span = scan.blocks[i].span;
    ParsedBlock block = parse_block(std::string_view(text).substr(span.begin, span.end - span.begin));
    result.spans.push_back(span);
    result.trees.push_back(trees ? ast::dump(block.tree, block.tree.root) : block.tokens.hex());
    for (const SyntaxError& error : block.errors) {
      result.errors.push_back(
          {{span.begin + error.span.begin, span.begin + error.span.end}, error.kind, error.message, i});
    }
  }
  return result;
}

size_t block_at(const Result& result, size_t offset) {
  for (size_t i = 0; i < result.spans.size(); ++i) {
    if (offset < result.spans[i].end) return i;
  }
  return result.spans.size() - 1;
}

// Blocks of the whole file that are not in the broken one, apart from the edited one.
int lost_blocks(const Result& whole, const Result& broken, size_t edited) {
  std::map<std::string, int> count;
  for (const std::string& tree : broken.trees) ++count[tree];
  int lost = 0;
  for (size_t i = 0; i < whole.trees.size(); ++i) {
    if (i != edited && count[whole.trees[i]]-- <= 0) ++lost;
  }
  return lost;
}

// Where two texts begin to differ.
size_t first_difference(const std::string& a, const std::string& b) {
  size_t i = 0;
  while (i < a.size() && i < b.size() && a[i] == b[i]) ++i;
  return i;
}

}  // namespace

TEST_CASE("the sample has no errors") {
  Result whole = parse_all(read("sample.pipe"), true);
  for (const Found& error : whole.errors) UNSCOPED_INFO(error.message);
  CHECK(whole.errors.empty());
  CHECK(whole.spans.size() == 12);
}

TEST_CASE("faults made by hand: one error each, in its place, the other blocks untouched") {
  // Lines: the text that is replaced, what by, and the one error. PIPEC_BLESS=1 writes the errors anew.
  const std::string sample = read("sample.pipe");
  const Result whole = parse_all(sample, true);
  std::istringstream lines(read("faults.txt"));
  std::string line;
  std::string blessed;
  while (std::getline(lines, line)) {
    std::vector<std::string> parts;
    std::istringstream fields(line);
    for (std::string field; std::getline(fields, field, '\t');) parts.push_back(field);
    REQUIRE(parts.size() >= 2);
    std::string find = with_newlines(parts[0]);
    size_t at = sample.find(find);
    INFO(line);
    REQUIRE(at != std::string::npos);
    std::string text = sample;
    text.replace(at, find.size(), with_newlines(parts[1]));
    Result broken = parse_all(text, true);
    size_t edited = block_at(whole, first_difference(sample, text));
    CHECK(lost_blocks(whole, broken, edited) == 0);
    std::string errors;
    for (const Found& error : broken.errors) {
      Position position = LineIndex(text).position(error.span.begin);
      if (!errors.empty()) errors += " AND ";
      errors += std::to_string(position.line) + ":" + std::to_string(position.column) + " " +
                std::string(error.kind->code) + " " + error.message;
    }
    blessed += parts[0] + "\t" + parts[1] + "\t" + errors + "\n";
    if (std::getenv("PIPEC_BLESS") == nullptr) {
      REQUIRE(parts.size() == 3);
      CHECK(errors == parts[2]);
    }
  }
  if (std::getenv("PIPEC_BLESS") != nullptr) std::ofstream(kFolder + "faults.txt", std::ios::binary) << blessed;
}

TEST_CASE("random edits stay in their block, and a lost quote is blamed where it is") {
  const std::string sample = read("sample.pipe");
  const Result whole = parse_all(sample, false);
  const std::string signs = "'\"`{}()[];/*-,.@=";
  std::mt19937 random(5);
  int contained = 0;
  int spread = 0;
  int many = 0;
  int quotes = 0;
  int right_line = 0;
  for (int i = 0; i < 4000; ++i) {
    std::string text = sample;
    size_t at = random() % (sample.size() - 1);
    bool quote = false;
    switch (random() % 3) {
      case 0:
        while (signs.find(text[at]) == std::string::npos) at = random() % (sample.size() - 1);
        quote = text[at] == '\'';
        text.erase(at, 1);
        break;
      case 1: {
        char sign = signs[random() % signs.size()];
        quote = sign == '\'';
        text.insert(at, 1, sign);
        break;
      }
      default: {
        while (!is_word_byte(text[at])) at = random() % (sample.size() - 1);
        size_t begin = at;
        size_t end = at;
        while (begin > 0 && is_word_byte(text[begin - 1])) --begin;
        while (end < text.size() && is_word_byte(text[end])) ++end;
        text.erase(begin, end - begin);
        at = begin;
      }
    }
    Result broken = parse_all(text, false);
    if (broken.errors.empty()) continue;
    many += broken.errors.size() > 1;
    bool stayed = lost_blocks(whole, broken, block_at(whole, at)) == 0;
    contained += stayed;
    spread += !stayed;
    if (!stayed && spread < 15) {
      size_t begin = at > 20 ? at - 20 : 0;
      UNSCOPED_INFO("spread: ..." << sample.substr(begin, 40) << "... => ..." << text.substr(begin, 40) << "...");
    }
    bool open = broken.errors[0].kind == &diag::OpenString;
    if (!quote || !open) continue;
    ++quotes;
    right_line += LineIndex(text).position(broken.errors[0].span.begin).line ==
                  LineIndex(sample).position(static_cast<uint32_t>(at)).line;
  }
  WARN("contained " << contained << ", spread " << spread << ", more than one error " << many << "; lost quotes "
                    << quotes << ", on the right line " << right_line);
  CHECK(contained >= 500 * spread / 2);  // 99.6%
  CHECK(right_line * 100 >= quotes * 97);
}

}  // namespace pipec::syntax
