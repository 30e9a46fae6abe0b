#include "print/format.h"

#include <algorithm>

#include "print/block_writer.h"
#include "print/reword.h"

namespace pipec::print {

using namespace syntax;

namespace {

constexpr uint32_t kWidth = 100;
constexpr int kMostRounds = 4;

std::string_view text_of(std::string_view text, uint32_t begin, uint32_t end) {
  return text.substr(begin, end - begin);
}

/// CR LF as LF; a CR that no LF follows ends no line and stays.
void append_lines(std::string& out, std::string_view text) {
  for (char c : text) {
    while (c == '\n' && !out.empty() && out.back() == '\r') out.pop_back();
    out += c;
  }
}

/// A comment without the CR of the line that it ends.
std::string_view without_line_end(std::string_view comment) {
  while (comment.ends_with('\r')) comment.remove_suffix(1);
  return comment;
}

/// Ends of lines are LF, but for those inside strings.
std::string with_line_feeds(std::string_view text, const Tokens& tokens) {
  std::string out;
  uint32_t at = 0;
  auto gap = [&](uint32_t end) {
    append_lines(out, text_of(text, at, end));
    at = end;
  };
  for (const Token& token : tokens.tokens) {
    gap(token.begin);
    out.append(text_of(text, token.begin, token.end));
    at = token.end;
  }
  gap(static_cast<uint32_t>(text.size()));
  return out;
}

std::string trimmed(std::string_view text) {
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  return std::string(text);
}

std::vector<std::string> comments_of(std::string_view text, const Tokens& tokens) {
  std::vector<std::string> result;
  for (const Trivia& one : tokens.comments) {
    std::string comment;
    append_lines(comment, without_line_end(text_of(text, one.begin, one.end)));
    result.push_back(std::move(comment));
  }
  std::sort(result.begin(), result.end());  // two on one line may change places
  for (const Trivia& one : tokens.docs) result.push_back(trimmed(text_of(text, one.begin, one.end)));
  return result;
}

/// The same words, comments, descriptions and meaning.
bool nothing_lost(std::string_view before, std::string_view after) {
  Tokens a, b;
  lex(before, a);
  lex(after, b);
  if (a.tokens.size() != b.tokens.size() || comments_of(before, a) != comments_of(after, b)) return false;
  for (size_t i = 0; i < a.tokens.size(); ++i) {
    const Token &x = a.tokens[i], &y = b.tokens[i];
    if (!same_word(text_of(before, x.begin, x.end), x, text_of(after, y.begin, y.end), y)) return false;
  }
  ParsedBlock was = parse_block(before), is = parse_block(after);
  return is.errors.empty() && ast::same(was.tree, was.tree.root, is.tree, is.tree.root);
}

std::string lay_out(std::string_view text) {
  Tokens tokens;
  lex(text, tokens);
  std::string unix_text;
  if (text.find('\r') != std::string_view::npos) {
    unix_text = with_line_feeds(text, tokens);
    text = unix_text;
    lex(text, tokens);
  }
  ParsedBlock block = parse_block(text);
  if (!block.errors.empty() || tokens.tokens.empty()) return std::string(text);
  return trimmed(BlockWriter(text, block.tree, tokens).run().print(kWidth));
}

/// A comment in the middle of a line moves to its end, and from there its place is read anew.
bool format_block(std::string_view text, std::string& out) {
  out = lay_out(text);
  for (int round = 1; round < kMostRounds; ++round) {
    std::string next = lay_out(out);
    if (next == out) break;
    out = std::move(next);
  }
  return nothing_lost(text, out);
}

void move(SyntaxError& error, uint32_t by) {
  auto move_span = [&](Span& span) { span = {span.begin + by, span.end + by}; };
  move_span(error.span);
  for (auto& label : error.labels) move_span(label.first);
  for (auto& fix : error.fix) move_span(fix.first);
}

class FileFormatter {
 public:
  explicit FileFormatter(std::string_view text) : text_(text) {}

  Formatted run() {
    FileScan scan = scan_file(text_);
    if (!scan.errors.empty()) {
      result_.text = text_;
      result_.errors = std::move(scan.errors);
      return std::move(result_);
    }
    for (const BlockExtent& extent : scan.blocks) {
      comments(extent.span.begin);
      uint32_t end = end_of(extent);
      add_block(extent, end);
      at_ = end;
    }
    comments(static_cast<uint32_t>(text_.size()));
    if (!result_.text.empty()) result_.text += '\n';
    return std::move(result_);
  }

 private:
  // A comment behind the last word, on its line, is the block's.
  uint32_t end_of(const BlockExtent& extent) const {
    std::string_view rest = text_of(text_, extent.span.end, static_cast<uint32_t>(text_.size()));
    std::string_view line = rest.substr(0, rest.find('\n'));
    size_t first = line.find_first_not_of(" \t\r");
    if (first == std::string_view::npos || line.substr(first, 2) != "--") return extent.span.end;
    return extent.span.end + static_cast<uint32_t>(trimmed(line).size());
  }

  void add_block(const BlockExtent& extent, uint32_t end) {
    std::string_view block = text_of(text_, extent.span.begin, end);
    separate(extent.span.begin, true);
    ParsedBlock parsed = parse_block(block);
    last_was_block_ = true;
    if (!parsed.errors.empty()) {
      for (SyntaxError& error : parsed.errors) {
        move(error, extent.span.begin);
        result_.errors.push_back(std::move(error));
      }
      result_.text += block;
      return;
    }
    std::string formatted;
    if (format_block(block, formatted)) {
      result_.text += formatted;
    } else {
      result_.refused.push_back(std::string(extent.keyword.text()) + " " + std::string(extent.name.text()));
      result_.text += block;
    }
  }

  // What stands between two blocks is nothing but comments.
  void comments(uint32_t end) {
    Tokens tokens;
    std::string_view gap = text_of(text_, at_, end);
    lex(gap, tokens);
    uint32_t begin = at_;
    for (const Trivia& one : tokens.comments) {
      separate(begin + one.begin, false);
      append_lines(result_.text, without_line_end(text_of(gap, one.begin, one.end)));
      at_ = begin + one.end;
      last_was_block_ = false;
    }
  }

  /// One empty line around a block; between comments, and from one to its block, where there was one.
  void separate(uint32_t next, bool block) {
    if (result_.text.empty()) return;
    std::string_view gap = text_of(text_, at_, next);
    bool blank = last_was_block_ || std::count(gap.begin(), gap.end(), '\n') > 1;
    bool same_line = !blank && !block && gap.find('\n') == std::string_view::npos;
    result_.text += same_line ? " " : blank ? "\n\n" : "\n";
  }

  std::string_view text_;
  uint32_t at_ = 0;
  bool last_was_block_ = false;
  Formatted result_;
};

}  // namespace

Formatted format_file(std::string_view text) {
  constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
  bool marked = text.starts_with(kByteOrderMark);
  uint32_t skipped = marked ? static_cast<uint32_t>(kByteOrderMark.size()) : 0;
  Formatted result = FileFormatter(text.substr(skipped)).run();
  for (SyntaxError& error : result.errors) move(error, skipped);
  return result;
}

}  // namespace pipec::print
