#include "corpus.h"

#include <algorithm>
#include <fstream>
#include <sstream>

#include "base/vfs.h"
#include "syntax/lexer.h"
#include "syntax/parse.h"

namespace pipec::test {
namespace {

using syntax::Token;

std::string pick(std::mt19937& random, std::initializer_list<const char*> choices) {
  return choices.begin()[random() % choices.size()];
}

bool is_bracket(const Token& token) {
  return token.type == syntax::LPAREN || token.type == syntax::RPAREN || token.type == syntax::COMMA;
}

std::string respaced_block(std::string_view text, std::mt19937& random) {
  syntax::Tokens tokens;
  syntax::lex(text, tokens);
  std::string out;
  uint32_t at = 0;
  bool header = true;
  for (size_t i = 0; i < tokens.tokens.size(); ++i) {
    const Token& token = tokens.tokens[i];
    std::string_view gap = text.substr(at, token.begin - at);
    bool blanks = gap.find_first_not_of(" \t\n") == std::string_view::npos;
    bool may_change = !header && blanks && std::count(gap.begin(), gap.end(), '\n') < 2;
    if (i > 0 && may_change && !gap.empty()) {
      bool may_vanish = is_bracket(token) || is_bracket(tokens.tokens[i - 1]);
      out += may_vanish ? pick(random, {"", " ", "\n  ", "\t"}) : pick(random, {" ", "   ", "\n ", "\n      ", "\t "});
    } else if (i > 0 && may_change && (is_bracket(token) || is_bracket(tokens.tokens[i - 1]))) {
      out += pick(random, {"", "", " ", "\n  "});
    } else {
      out += gap;
    }
    out += text.substr(token.begin, token.end - token.begin);
    at = token.end;
    if (token.type == syntax::LBRACE || token.type == syntax::LPAREN) header = false;
  }
  return out.append(text.substr(at));
}

void add_fenced(std::map<std::string, std::string>& corpus, const std::string& path) {
  std::string page = read_source(path);
  int number = 0;
  for (std::string fence : {"\n```pipe\n", "\n```pipe,planned\n"}) {
    for (size_t at = page.find(fence); at != std::string::npos; at = page.find(fence, at + 1)) {
      size_t begin = at + fence.size();
      corpus[path + "#" + std::to_string(++number)] = page.substr(begin, page.find("\n```", begin) - begin + 1);
    }
  }
}

}  // namespace

std::string read_source(const std::string& path) {
  std::ifstream file(std::string(PIPEC_SOURCE_DIR) + "/" + path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

std::map<std::string, std::string> spec_files(const std::string& folder) {
  auto disk = disk_vfs(std::string(PIPEC_SOURCE_DIR) + "/" + folder);
  std::map<std::string, std::string> files;
  for (const std::string& path : disk->list().paths) files[folder + "/" + path] = disk->read(path).text;
  return files;
}

std::map<std::string, std::string> format_corpus() {
  std::map<std::string, std::string> corpus;
  for (const char* folder : {"specs", "tests/format/cases", "tests/unit/syntax"}) {
    for (const auto& [path, text] : spec_files(folder)) {
      if (path.ends_with(".pipe")) corpus[path] = text;
    }
  }
  for (const char* folder : {"docs", "backends"}) {
    for (const auto& [path, text] : spec_files(folder)) {
      if (path.ends_with(".md")) add_fenced(corpus, path);
    }
  }
  add_fenced(corpus, "README.md");
  return corpus;
}

std::string respaced(std::string_view text, std::mt19937& random) {
  std::string out;
  uint32_t at = 0;
  for (const syntax::BlockExtent& extent : syntax::scan_file(text).blocks) {
    out += text.substr(at, extent.span.begin - at);
    std::string_view block = text.substr(extent.span.begin, extent.span.end - extent.span.begin);
    bool whole = syntax::parse_block(block).errors.empty();
    out += whole ? respaced_block(block, random) : std::string(block);
    at = extent.span.end;
  }
  return out.append(text.substr(at));
}

}  // namespace pipec::test
