#include <fmt/format.h>

#include "syntax/failure.h"
#include "syntax/literals.h"
#include "syntax/parse.h"
#include "syntax/prescan.h"

namespace pipec::syntax {
namespace {

// The word and name of a block's first line, whether or not the rest of it is right.
void read_header(std::string_view text, const PreScan& scan, const Extent& extent, BlockExtent& block) {
  const std::vector<Token>& tokens = scan.tokens.tokens;
  uint32_t i = extent.first_token;
  auto type = [&](uint32_t at) { return at < extent.end_token ? tokens[at].type : uint16_t{END}; };
  auto words = [&](uint32_t at) { return text.substr(tokens[at].begin, tokens[at].end - tokens[at].begin); };
  if (extent.keyword < extent.end_token) i = extent.keyword;
  while (type(i) == AT) {
    i += 2;
    if (type(i) != LPAREN) continue;
    int depth = 0;
    for (; i < extent.end_token; ++i) {
      if (type(i) == LPAREN) ++depth;
      if (type(i) == RPAREN && --depth == 0) {
        ++i;
        break;
      }
    }
  }
  auto is_name = [&](uint32_t at) { return type(at) == IDENT || type(at) == BACKTICK || is_word(type(at)); };
  if (!is_name(i) || type(i) == BACKTICK) return;
  block.keyword = Symbol::of(words(i)).folded();
  ++i;
  if (type(i) == STRING) {  // the title of a test
    block.name = Symbol::of(words(i).substr(1, words(i).size() - 2));
    block.name_span = {tokens[i].begin, tokens[i].end};
    return;
  }
  std::string name;
  uint32_t first = i;
  while (is_name(i) || type(i) == STAR) {
    name += type(i) == BACKTICK ? decode_backticks(words(i)) : std::string(words(i));
    ++i;
    if (type(i) != DOT) break;
    name += '.';
    ++i;
  }
  if (name.empty()) return;
  block.name = Symbol::of(name);
  block.name_span = {tokens[first].begin, tokens[i - 1].end};
}

}  // namespace

FileScan scan_file(std::string_view text) {
  FileScan result;
  if (text.size() > kLargestFile) {
    SyntaxError& error = result.errors.emplace_back();
    error.kind = &diag::TooLarge;
    error.message = fmt::format("the file has more than {} MB", kLargestFile >> 20);
    error.help = "split it into several files";
    return result;
  }
  if (auto error = check_bytes(text)) {
    result.errors.push_back(*error);
    return result;
  }
  PreScan scan = prescan(text);
  result.blocks.reserve(scan.extents.size());
  for (const Extent& extent : scan.extents) {
    BlockExtent& block = result.blocks.emplace_back();
    block.span = {extent.begin, extent.end};
    const std::string_view words = text.substr(extent.begin, extent.end - extent.begin);
    block.span.end = extent.begin + static_cast<uint32_t>(words.find_last_not_of(" \t\r\n\f\v") + 1);
    read_header(text, scan, extent, block);
  }
  // Descriptions between blocks.
  size_t at = 0;
  for (const Trivia& doc : scan.tokens.docs) {
    while (at < result.blocks.size() && result.blocks[at].span.end <= doc.begin) ++at;
    if (at < result.blocks.size() && result.blocks[at].span.begin <= doc.begin) continue;
    SyntaxError& error = result.errors.emplace_back();
    error.kind = &diag::StrayDescription;
    error.span = {doc.begin, doc.end};
    error.message = "this describes nothing";
    error.help = "a `///` line stands right before a declaration; comments begin with `--`";
    break;
  }
  return result;
}

}  // namespace pipec::syntax
