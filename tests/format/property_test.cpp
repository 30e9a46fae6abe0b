// What holds for every text: nothing is lost, the second time changes nothing, the author's blanks mean nothing.
#include <algorithm>
#include <catch2/catch.hpp>

#include "corpus.h"
#include "print/format.h"
#include "project/session.h"
#include "syntax/lexer.h"

using namespace pipec;
using print::format_file;

namespace {

size_t widest_line(const std::string& text) {
  size_t widest = 0;
  for (size_t at = 0; at < text.size();) {
    size_t end = std::min(text.find('\n', at), text.size());
    auto bytes = std::string_view(text).substr(at, end - at);
    size_t width = std::count_if(bytes.begin(), bytes.end(), [](char c) { return (c & 0xC0) != 0x80; });
    if (bytes.find("--") == std::string_view::npos && bytes.find("///") == std::string_view::npos) {
      widest = std::max(widest, width);
    }
    at = end + 1;
  }
  return widest;
}

std::map<std::string, std::string> artifacts(const std::map<std::string, std::string>& files) {
  auto vfs = std::make_shared<MemoryVfs>();
  for (const auto& [path, text] : files) vfs->set(path.substr(path.rfind('/') + 1), text);
  project::Session session(vfs);
  REQUIRE(session.analyze({}).ok);
  auto emitted = session.emit(1).files;
  return {emitted.begin(), emitted.end()};
}

}  // namespace

TEST_CASE("formatting rests, and no block is refused") {
  for (const auto& [name, text] : test::format_corpus()) {
    INFO(name);
    print::Formatted once = format_file(text);
    CHECK(once.refused.empty());
    CHECK(format_file(once.text).text == once.text);
    if (!once.errors.empty()) continue;
    CHECK(once.text.find(" \n") == std::string::npos);
    CHECK(widest_line(once.text) <= 110);  // a literal that nothing can break
    syntax::Tokens before, after;
    syntax::lex(text, before);
    syntax::lex(once.text, after);
    CHECK(before.tokens.size() == after.tokens.size());
    CHECK(before.comments.size() == after.comments.size());
    CHECK(before.docs.size() == after.docs.size());
  }
}

TEST_CASE("the layout does not depend on the author's") {
  std::mt19937 random(4711);
  for (const auto& [name, text] : test::format_corpus()) {
    std::string expected = format_file(text).text;
    for (int round = 0; round < 8; ++round) {
      std::string other = test::respaced(text, random);
      INFO(name << "\n" << other);
      CHECK(format_file(other).text == expected);
    }
  }
}

TEST_CASE("ends of lines and the end of the file") {
  for (const auto& [name, text] : test::format_corpus()) {
    print::Formatted formatted = format_file(text);
    if (!formatted.errors.empty()) continue;
    INFO(name);
    std::string windows;
    for (char c : text) windows += c == '\n' ? "\r\n" : std::string(1, c);
    CHECK(format_file(windows).text == formatted.text);
    std::string open = text;
    while (!open.empty() && open.back() == '\n') open.pop_back();
    CHECK(format_file(open).text == formatted.text);
    CHECK(format_file("\xEF\xBB\xBF" + text).text == formatted.text);
    CHECK(format_file("\n\n" + text + "\n\n\n").text == formatted.text);
  }
}

TEST_CASE("other blanks and the layout change no artifact") {
  auto files = test::spec_files("specs/first");
  auto expected = artifacts(files);
  std::mt19937 random(42);
  for (int round = 0; round < 3; ++round) {
    auto others = files, formatted = files;
    for (auto& [path, text] : others) {
      if (!path.ends_with(".pipe")) continue;
      text = test::respaced(text, random);
      formatted[path] = format_file(text).text;
    }
    CHECK(artifacts(others) == expected);
    CHECK(artifacts(formatted) == expected);
  }
}

TEST_CASE("specifications and the language reference are formatted") {
  for (const auto& [name, text] : test::format_corpus()) {
    if (!name.starts_with("specs/") && !name.starts_with("docs/language.md#")) continue;
    INFO(name << ": run `pipec fmt`");
    CHECK(format_file(text).text == text);
  }
}
