// The tree of each construct: trees.golden holds texts and what becomes of them. PIPEC_BLESS=1 writes it
// anew.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include <catch2/catch.hpp>

#include "syntax/parse.h"

namespace pipec::syntax {
namespace {

const std::string kFile = std::string(PIPEC_SOURCE_DIR) + "/tests/unit/syntax/trees.golden";

struct Case {
  std::string kind;  // expr, query or block
  std::string text;
  std::string expected;
};

std::vector<Case> read_cases() {
  std::vector<Case> cases;
  std::ifstream file(kFile);
  REQUIRE(file);
  for (std::string line; std::getline(file, line);) {
    if (line.rfind("> ", 0) == 0) {
      size_t colon = line.find(": ");
      cases.push_back({line.substr(2, colon - 2), line.substr(colon + 2), {}});
    } else if (line.rfind("| ", 0) == 0 || line == "|") {
      cases.back().text += "\n" + (line.size() > 2 ? line.substr(2) : std::string());
    } else if (!line.empty()) {
      cases.back().expected += line + "\n";
    }
  }
  return cases;
}

void append(std::string& out, const SyntaxError& error, std::string_view text) {
  out += std::string(error.kind->code) + " at '" +
         std::string(text.substr(error.span.begin, error.span.end - error.span.begin)) + "': " + error.message + "\n";
}

std::string short_dump(const ast::Tree& tree, ast::NodeId id) {
  std::string text = ast::dump(tree, id);
  return text.substr(0, text.find('\n'));
}

void append(std::string& out, const ast::Tree& tree) {
  static constexpr const char* kPlaces[] = {"before", "after", "inside"};
  out += ast::dump(tree, tree.root) + "\n";
  for (const ast::Doc& doc : tree.docs) {
    std::string words(doc.text.text());
    for (char& c : words) c = c == '\n' ? '~' : c;
    out += "doc of " + short_dump(tree, doc.node) + ": " + words + "\n";
  }
  for (const ast::Comment& comment : tree.comments) {
    out += std::string("comment ") + kPlaces[static_cast<int>(comment.place)] + " " + short_dump(tree, comment.node) +
           ": " + std::string(comment.text.text()) + "\n";
  }
}

std::string result_of(const Case& one) {
  std::string out;
  if (one.kind == "block") {
    ParsedBlock block = parse_block(one.text);
    append(out, block.tree);
    for (const SyntaxError& error : block.errors) append(out, error, one.text);
    auto names = [&](const char* what, const std::vector<Symbol>& list) {
      if (list.empty()) return;
      out += what;
      for (Symbol name : list) out += " " + std::string(name.text());
      out += "\n";
    };
    names("mentions", block.mentions);
    names("calls", block.calls);
    return out;
  }
  ParsedQuery query = one.kind == "query" ? parse_query(one.text) : parse_expression(one.text);
  append(out, query.tree);
  for (const SyntaxError& error : query.errors) append(out, error, one.text);
  return out;
}

}  // namespace

TEST_CASE("trees of all constructs") {
  std::vector<Case> cases = read_cases();
  bool bless = std::getenv("PIPEC_BLESS") != nullptr;
  std::ostringstream blessed;
  for (const Case& one : cases) {
    std::string found = result_of(one);
    INFO(one.text);
    if (!bless) CHECK(found == one.expected);
    blessed << "> " << one.kind << ": ";
    for (char c : one.text) {
      blessed << c;
      if (c == '\n') blessed << "| ";
    }
    blessed << "\n" << found << "\n";
  }
  if (bless) std::ofstream(kFile) << blessed.str();
}

}  // namespace pipec::syntax
