#include "syntax/prescan.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "syntax/block_words.h"

namespace pipec::syntax {
namespace {

/// A line that looks like the first one of a block.
struct Anchor {
  uint32_t keyword;
  uint32_t head;  // the first of the description and annotation lines above
  bool known;     // a block word; else a word that is none, but with a name and a brace after it
  bool function;
};

class Headers {
 public:
  explicit Headers(std::string_view text) : text_(text) {}

  std::vector<Anchor> find() const {
    std::vector<Anchor> anchors;
    for (size_t line = 0; line < text_.size();) {
      size_t skip = line == 0 && text_.substr(0, 3) == "\xEF\xBB\xBF" ? 3 : 0;
      test(static_cast<uint32_t>(line + skip), anchors);
      const void* newline = std::memchr(text_.data() + line, '\n', text_.size() - line);
      if (newline == nullptr) break;
      line = static_cast<size_t>(static_cast<const char*>(newline) - text_.data()) + 1;
    }
    return anchors;
  }

  /// The first of the description and annotation lines above the line of `at`; `at` itself if it is not the
  /// first word of its line. Blank lines and comments may stand between.
  uint32_t head_of(uint32_t at) const {
    uint32_t head = at;
    uint32_t line = at;
    while (line > 0 && is_blank(text_[line - 1])) --line;
    if (line > 0 && text_[line - 1] != '\n') return at;
    while (line > 0) {
      uint32_t above = line - 1;
      while (above > 0 && text_[above - 1] != '\n') --above;
      uint32_t first = blanks(above);
      std::string_view rest = text_.substr(first, line - first);
      if (rest.substr(0, 3) == "///" || is_annotations(first)) {
        head = above;
      } else if (!rest.empty() && rest[0] != '\n' && rest[0] != '\r' && rest.substr(0, 2) != "--") {
        break;
      }
      line = above;
    }
    return head;
  }

 private:
  static bool is_blank(char c) { return c == ' ' || c == '\t'; }
  char at(uint32_t i) const { return i < text_.size() ? text_[i] : '\0'; }
  uint32_t blanks(uint32_t i) const {
    while (is_blank(at(i))) ++i;
    return i;
  }
  uint32_t spaces(uint32_t i) const {
    while (is_blank(at(i)) || at(i) == '\n' || at(i) == '\r') ++i;
    return i;
  }
  uint32_t word(uint32_t i) const {
    while (i < text_.size() && is_word_byte(text_[i])) ++i;
    return i;
  }
  // a.`b c`.*
  uint32_t name(uint32_t i) const {
    for (;;) {
      uint32_t begin = i;
      if (at(i) == '`') {
        do {  // a doubled backtick is one of the name
          ++i;
          while (i < text_.size() && text_[i] != '`' && text_[i] != '\n') ++i;
          if (at(i) == '`') ++i;
        } while (at(i) == '`' && at(i - 1) == '`');
      } else if (at(i) == '*') {
        ++i;
      } else {
        i = word(i);
      }
      if (i == begin || at(i) != '.') return i;
      ++i;
    }
  }
  bool is_word(uint32_t i, std::string_view expected) const {
    uint32_t end = word(i);
    if (end - i != expected.size()) return false;
    for (uint32_t k = 0; k < expected.size(); ++k) {
      if ((text_[i + k] | 32) != expected[k]) return false;
    }
    return true;
  }

  // A line of annotations and nothing else, or the first line of one that goes on.
  bool is_annotations(uint32_t i) const {
    const uint32_t end = behind_annotations(i);
    return end != i && !is_word_byte(at(end));
  }
  // Behind `@tags(a, 'b') @hidden `, as far as they end on this line; else `i`.
  uint32_t behind_annotations(uint32_t i) const {
    while (at(i) == '@') {
      uint32_t end = word(i + 1);
      if (at(blanks(end)) == '(') end = behind_parenthesis(blanks(end));
      i = blanks(end);
    }
    return i;
  }
  uint32_t behind_parenthesis(uint32_t i) const {
    int depth = 0;
    bool quoted = false;
    for (; i < text_.size() && text_[i] != '\n'; ++i) {
      if (text_[i] == '\'') quoted = !quoted;
      if (quoted) continue;
      if (text_[i] == '(') ++depth;
      if (text_[i] == ')' && --depth == 0) return i + 1;
    }
    return i;
  }

  void test(uint32_t line, std::vector<Anchor>& anchors) const {
    uint32_t begin = behind_annotations(line);
    char c = at(begin);
    if (!is_word_byte(c) || (c >= '0' && c <= '9')) return;
    uint32_t end = word(begin);
    uint32_t next = blanks(end);
    if (next == end) return;
    std::string_view text = text_.substr(begin, end - begin);
    const BlockWord* block = find_block_word(text);
    if (block == nullptr) {
      // `cdk bronze.x {` or `cdk a from b {`: only a block has a brace, and items are not at column 0.
      uint32_t after = name(next);
      if (after == next || keyword_type(text) != IDENT || at(blanks(after)) != '{') return;
    } else if (!fits(block->shape, next)) {
      return;
    }
    anchors.push_back({begin, head_of(line), block != nullptr, block != nullptr && block->word == "function"});
  }

  bool fits(HeaderShape shape, uint32_t next) const {
    if (shape == HeaderShape::String) return at(next) == '\'';
    uint32_t end = name(next);
    if (end == next) return false;
    uint32_t after = blanks(end);
    switch (shape) {
      case HeaderShape::Brace:
        return at(spaces(end)) == '{';
      case HeaderShape::Parenthesis:
        return at(after) == '(';
      case HeaderShape::From:
        return is_word(after, "from");
      case HeaderShape::On:
        return is_word(after, "on");
      case HeaderShape::To:
        return is_word(after, "to");
      default:
        return true;
    }
  }

  std::string_view text_;
};

class Scanner {
 public:
  explicit Scanner(std::string_view text)
      : text_(text), headers_(text), anchors_(headers_.find()), lexer_(text, result_.tokens) {}

  PreScan run() {
    for (;;) {
      size_t tokens_before = tokens().size();
      Lexer::Step step = lexer_.next();
      if (step == Lexer::Step::End) break;
      bool comment = tokens().size() == tokens_before;  // a closed one
      uint32_t begin = comment ? result_.tokens.comments.back().begin : tokens().back().begin;
      uint32_t end = comment ? result_.tokens.comments.back().end : tokens().back().end;
      while (next_anchor_ < anchors_.size() && anchors_[next_anchor_].keyword < begin) ++next_anchor_;
      if (comment) continue;
      if (const Anchor* hidden = hidden_header(begin, end)) {
        if (!open_) begin_extent(begin);
        tokens().back().end = hidden->head;
        tokens().back().flags |= kUnterminated;
        finish_extent(hidden->head, tokens().size());
        lexer_.restart(hidden->head);
        continue;
      }
      take(begin);
    }
    if (open_) finish_extent(closed_ ? closed_at_ : static_cast<uint32_t>(text_.size()), tokens().size());
    return std::move(result_);
  }

 private:
  std::vector<Token>& tokens() { return result_.tokens.tokens; }

  // A string, or a comment that is not closed, that runs over the first line of a block: it is cut there. The
  // cut is at the head, not at the keyword: descriptions hold apostrophes.
  const Anchor* hidden_header(uint32_t begin, uint32_t end) const {
    for (size_t i = next_anchor_; i < anchors_.size() && anchors_[i].head < end; ++i) {
      if (anchors_[i].known && anchors_[i].head > begin) return &anchors_[i];
    }
    return nullptr;
  }

  void begin_extent(uint32_t offset) {
    uint32_t floor = result_.extents.empty() ? 0 : result_.extents.back().end;
    current_ = {};
    current_.begin = std::max(headers_.head_of(offset), floor);
    // The line above may be an annotation's that another block has taken.
    current_.begin =
        static_cast<uint32_t>(std::min(text_.find_first_not_of(" \t\r\n\f\v", current_.begin), text_.size()));
    current_.first_token = static_cast<uint32_t>(tokens().size());
    while (current_.first_token > 0 && tokens()[current_.first_token - 1].begin >= current_.begin) {
      --current_.first_token;
    }
    open_ = true;
    closed_ = false;
    function_ = false;
    depth_ = 0;
    parentheses_ = 0;
    annotations_only_ = true;
    last_type_ = END;
  }

  void finish_extent(uint32_t offset, size_t end_token) {
    current_.end = offset;
    current_.end_token = static_cast<uint32_t>(end_token);
    result_.extents.push_back(current_);
    open_ = false;
  }

  // `@word`, `@word(...)`: all that the block has so far, perhaps with a parenthesis that is open.
  bool only_annotations() const { return annotations_only_ && !closed_; }
  void note_annotation(uint16_t type) {
    const uint16_t before = std::exchange(last_type_, type);
    if (type == LPAREN) ++parentheses_;
    if (type == RPAREN && parentheses_ > 0) {
      --parentheses_;
    } else if (parentheses_ == 0) {
      annotations_only_ = annotations_only_ && (type == AT || before == AT);
    }
  }

  void take(uint32_t begin) {
    const Token token = tokens().back();
    size_t index = tokens().size() - 1;
    if (next_anchor_ < anchors_.size() && anchors_[next_anchor_].keyword == begin) {
      const Anchor& anchor = anchors_[next_anchor_++];
      if (open_ && current_.begin < anchor.head && !only_annotations()) {
        size_t head_token = index;  // the annotations of this block have been read already
        while (head_token > 0 && tokens()[head_token - 1].begin >= anchor.head) --head_token;
        finish_extent(closed_ ? closed_at_ : anchor.head, head_token);
      }
      if (!open_) begin_extent(anchor.head);
      closed_ = false;
      depth_ = 0;
      function_ = anchor.function;
      annotations_only_ = false;
      current_.keyword = static_cast<uint32_t>(index);
      return;
    }
    bool tail = token.type == RBRACE || token.type == RPAREN || token.type == RBRACK || token.type == SEMI ||
                token.type == COMMA;
    if (open_ && closed_ && !tail && begins_block(begin)) finish_extent(closed_at_, index);
    if (!open_) {
      begin_extent(begin);
      const BlockWord* block = find_block_word(text_.substr(begin, token.end - begin));
      function_ = block != nullptr && block->word == "function";
    }
    if (closed_) closed_at_ = token.end;
    note_annotation(token.type);
    if (token.type == LBRACE) {
      ++depth_;
    } else if (token.type == RBRACE && depth_ > 0 && --depth_ == 0) {
      close(token.end);
    } else if (token.type == SEMI && function_ && depth_ == 0) {
      close(token.end);
    }
  }

  // What follows a block's end begins another one, even if its first line is broken; unless the end came too
  // early: then the rest of the block, up to the next header, closes one brace more than it opens.
  bool begins_block(uint32_t at) {
    if (at == 0 || text_[at - 1] == '\n') return true;
    uint32_t end = next_anchor_ < anchors_.size() ? anchors_[next_anchor_].head : static_cast<uint32_t>(text_.size());
    if (end != counted_to_) {
      counted_to_ = end;
      counted_from_ = at;
      braces_left_ = count_braces(at, end);
    } else {  // asked again further on: only what was passed is counted
      braces_left_ -= count_braces(counted_from_, at);
      counted_from_ = at;
    }
    return braces_left_ >= 0;
  }
  int count_braces(uint32_t from, uint32_t to) const {
    int depth = 0;
    for (uint32_t i = from; i < to; ++i) depth += text_[i] == '{' ? 1 : text_[i] == '}' ? -1 : 0;
    return depth;
  }

  void close(uint32_t end) {
    closed_ = true;
    closed_at_ = end;
  }

  std::string_view text_;
  Headers headers_;
  std::vector<Anchor> anchors_;
  PreScan result_;
  Lexer lexer_;
  size_t next_anchor_ = 0;
  Extent current_;
  bool open_ = false;
  bool closed_ = false;
  bool function_ = false;
  uint32_t closed_at_ = 0;
  int depth_ = 0;
  int parentheses_ = 0;
  bool annotations_only_ = false;
  uint16_t last_type_ = END;
  uint32_t counted_from_ = 0;
  uint32_t counted_to_ = UINT32_MAX;
  int braces_left_ = 0;
};

}  // namespace

PreScan prescan(std::string_view text) {
  return Scanner(text).run();
}

}  // namespace pipec::syntax
