#include "syntax/lexer.h"

#include <algorithm>
#include <array>
#include <cstring>

namespace pipec::syntax {
namespace {

enum class Class : uint8_t { Sign, Letter, Digit, Space };

constexpr std::array<Class, 256> make_classes() {
  std::array<Class, 256> classes{};
  for (int c = 'a'; c <= 'z'; ++c) classes[c] = classes[c - 'a' + 'A'] = Class::Letter;
  for (int c = 128; c < 256; ++c) classes[c] = Class::Letter;
  classes['_'] = Class::Letter;
  for (int c = '0'; c <= '9'; ++c) classes[c] = Class::Digit;
  for (char c : {' ', '\t', '\r', '\n', '\f', '\v'}) classes[static_cast<unsigned char>(c)] = Class::Space;
  return classes;
}
constexpr std::array<Class, 256> kClasses = make_classes();

Class class_of(char c) {
  return kClasses[static_cast<unsigned char>(c)];
}
bool is_digit(char c) {
  return class_of(c) == Class::Digit;
}
char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

uint16_t find_keyword(const char* word, size_t size) {
  if (size < 2 || size > kLongestKeyword) return IDENT;
  auto folded = [&](size_t i) -> uint32_t { return static_cast<unsigned char>(lower(word[i])); };
  uint32_t hash = folded(0) * 31 + folded(size - 1) * 131 + folded(size / 2) * 17 + folded(1) * 7 +
                  static_cast<uint32_t>(size) * 73;
  constexpr uint32_t kMask = (1u << kKeywordTableBits) - 1;
  uint32_t at = hash * 2654435761u >> (32 - kKeywordTableBits);
  for (; kKeywords[at].size != 0; at = (at + 1) & kMask) {
    const KeywordSlot& slot = kKeywords[at];
    if (slot.size != size) continue;
    size_t i = 0;
    while (i < size && lower(word[i]) == slot.text[i]) ++i;
    if (i == size) return slot.type;
  }
  return IDENT;
}

/// A single `|` before one of these words is a `|>`, as for Spark.
bool is_pipe_word(uint16_t type) {
  static constexpr uint16_t kWords[] = {
      K_SELECT,      K_EXTEND, K_SET,     K_DROP,   K_AS,        K_WHERE,  K_PIVOT,     K_UNPIVOT,
      K_TABLESAMPLE, K_INNER,  K_CROSS,   K_LEFT,   K_RIGHT,     K_FULL,   K_NATURAL,   K_SEMI,
      K_ANTI,        K_JOIN,   K_UNION,   K_EXCEPT, K_MINUS,     K_ORDER,  K_INTERSECT, K_SORT,
      K_DISTRIBUTE,  K_LIMIT,  K_CLUSTER, K_OFFSET, K_AGGREGATE, K_WINDOW, K_LATERAL};
  return std::find(std::begin(kWords), std::end(kWords), type) != std::end(kWords);
}

bool begins_pipe_step(const char* at, const char* end) {
  while (at < end && class_of(*at) == Class::Space) ++at;
  const char* word = at;
  while (at < end && is_word_byte(*at)) ++at;
  return is_pipe_word(find_keyword(word, static_cast<size_t>(at - word)));
}

bool is_interval_unit(const char* word, size_t size) {
  static constexpr std::string_view kUnits[] = {"year",   "month",  "week",        "day",         "hour",
                                                "minute", "second", "millisecond", "microsecond", "nanosecond"};
  if (size < 3 || size > 13) return false;
  char text[16];
  for (size_t i = 0; i < size; ++i) text[i] = lower(word[i]);
  for (std::string_view unit : kUnits) {
    if (std::memcmp(text, unit.data(), std::min(size, unit.size())) != 0) continue;
    if (size == unit.size() || (size == unit.size() + 1 && text[size - 1] == 's')) return true;
  }
  return false;
}

// The length of an invisible character at `at`: they look like a space or like nothing, and are never meant.
int invisible_size(const char* at, const char* end) {
  auto is = [&](std::string_view bytes) {
    return static_cast<size_t>(end - at) >= bytes.size() && std::memcmp(at, bytes.data(), bytes.size()) == 0;
  };
  if (is("\xC2\xA0")) return 2;                                                                        // no-break space
  if (is("\xE2\x80\x8B") || is("\xE2\x80\x8C") || is("\xE2\x80\x8D") || is("\xE2\x81\xA0")) return 3;  // zero width
  if (is("\xE2\x80\xA8") || is("\xE2\x80\xA9") || is("\xE2\x80\xAF") || is("\xE3\x80\x80")) return 3;  // separators
  if (is("\xEF\xBB\xBF")) return 3;  // byte order mark
  return 0;
}

}  // namespace

bool is_word_byte(char c) {
  return class_of(c) == Class::Letter || class_of(c) == Class::Digit;
}

uint16_t keyword_type(std::string_view word) {
  return find_keyword(word.data(), word.size());
}

void lex(std::string_view text, Tokens& out, bool strings_end_with_line) {
  out.clear();
  Lexer lexer(text, out, strings_end_with_line);
  while (lexer.next() != Lexer::Step::End) {
  }
}

Lexer::Step Lexer::next() {
  for (;;) {
    if (at_ >= end_) return Step::End;
    const char* begin = at_;
    char c = *at_;
    switch (class_of(c)) {
      case Class::Space:
        ++at_;
        continue;
      case Class::Letter:
        if (c == '\xEF' && begin == text_ && invisible_size(at_, end_) == 3) {  // a byte order mark opens the file
          at_ += 3;
          continue;
        }
        if (lower(c) == 'r' && (peek(1) == '\'' || peek(1) == '"')) {
          uint16_t type = peek(1) == '"' ? DQSTRING : STRING;
          ++at_;
          string(begin, true, type);
        } else if (lower(c) == 'x' && (peek(1) == '\'' || peek(1) == '"')) {
          ++at_;
          string(begin, false, HEX);
        } else {
          word(begin);
        }
        return Step::Token;
      case Class::Digit:
        number(begin);
        return Step::Token;
      case Class::Sign:
        break;
    }
    if (c == '-' && peek(1) == '-') {
      line_trivia(out_.comments);
    } else if (c == '/' && peek(1) == '/' && peek(2) == '/' && peek(3) != '/') {
      line_trivia(out_.docs);
    } else if (c == '/' && peek(1) == '*' && peek(2) != '+') {
      block_comment();
      return Step::Comment;
    } else {
      sign();
      return Step::Token;
    }
  }
}

void Lexer::line_trivia(std::vector<Trivia>& list) {
  const char* begin = at_;
  const void* newline = std::memchr(at_, '\n', end_ - at_);
  at_ = newline ? static_cast<const char*>(newline) : end_;
  const char* last = at_;
  while (last > begin && (last[-1] == '\r' || last[-1] == ' ' || last[-1] == '\t')) --last;
  list.push_back({static_cast<uint32_t>(begin - text_), static_cast<uint32_t>(last - text_), true,
                  static_cast<uint32_t>(out_.tokens.size())});
}

void Lexer::block_comment() {
  const char* begin = at_;
  int depth = 1;
  at_ += 2;
  while (at_ < end_ && depth > 0) {
    if (*at_ == '*' && peek(1) == '/') {
      --depth;
      at_ += 2;
    } else if (*at_ == '/' && peek(1) == '*') {
      ++depth;
      at_ += 2;
    } else {
      ++at_;
    }
  }
  comment_is_open_ = depth > 0;
  if (comment_is_open_) {
    push(ERROR, begin, kUnterminated);
    return;
  }
  out_.comments.push_back(
      {static_cast<uint32_t>(begin - text_), offset(), false, static_cast<uint32_t>(out_.tokens.size())});
}

void Lexer::word(const char* begin) {
  ++at_;
  bool plain = static_cast<signed char>(*begin) >= 0;
  while (at_ < end_ && is_word_byte(*at_)) {
    plain &= static_cast<signed char>(*at_) >= 0;
    ++at_;
  }
  if (!plain) {  // split at invisible characters, each an error of its own
    for (const char* p = begin; p < at_; ++p) {
      int size = static_cast<signed char>(*p) < 0 ? invisible_size(p, end_) : 0;
      if (size == 0) continue;
      if (p == begin) {
        at_ = p + size;
        push(ERROR, begin, kInvisible);
        return;
      }
      at_ = p;
    }
  }
  size_t size = at_ - begin;
  Interval before = interval_;
  if (before != Interval::None && before != Interval::Unit && is_interval_unit(begin, size)) {
    push(UNIT, begin);
    interval_ = Interval::Unit;
    return;
  }
  uint16_t type = follows_dot(begin) ? uint16_t{IDENT} : find_keyword(begin, size);  // after a dot: always a name
  push(type, begin);
  if (type == K_INTERVAL) {
    interval_ = Interval::Begun;
  } else if (type == K_TO && before == Interval::Unit) {
    interval_ = Interval::To;
  }
}

void Lexer::number(const char* begin) {
  Interval before = interval_;
  auto digits = [&] {
    while (at_ < end_ && is_digit(*at_)) ++at_;
  };
  digits();
  uint16_t type = INTEGER;
  uint16_t flags = 0;
  if (at_ < end_ && *at_ == '.' && peek(1) != '.' && !follows_dot(begin)) {
    type = DECIMAL;
    ++at_;
    digits();
  }
  if (at_ < end_ && class_of(*at_) == Class::Letter) {
    if (lower(*at_) == 'e') {
      int sign = peek(1) == '+' || peek(1) == '-' ? 1 : 0;
      if (is_digit(peek(1 + sign))) {
        at_ += 1 + sign;
        digits();
        type = DECIMAL;
      }
    }
    const char* suffix = at_;
    while (at_ < end_ && is_word_byte(*at_)) ++at_;
    size_t size = at_ - suffix;
    char c = size > 0 ? lower(*suffix) : '\0';
    if (size == 1 && (c == 'd' || c == 'f')) {
      type = DECIMAL;
    } else if (size == 2 && c == 'b' && lower(suffix[1]) == 'd') {
      type = DECIMAL;
    } else if (size == 1 && (c == 'l' || c == 's' || c == 'y') && type == INTEGER) {
      // stays an integer, of its own width
    } else if (size > 0) {
      bool name = std::memchr(begin, '.', at_ - begin) == nullptr;
      type = name ? IDENT : ERROR;
      flags = name ? kDigitFirst : kBadNumber;
    }
  }
  push(type, begin, flags);
  if (type != IDENT && (before == Interval::Begun || before == Interval::Unit)) interval_ = Interval::Value;
}

void Lexer::string(const char* begin, bool raw, uint16_t type) {
  Interval before = interval_;
  char quote = *at_++;
  bool closed = false;
  for (; at_ < end_; ++at_) {
    char c = *at_;
    if (c == '\\' && !raw) {
      ++at_;
    } else if (c == '\n' && strings_end_with_line_) {
      break;
    } else if (c == quote) {
      ++at_;
      if (!raw && at_ < end_ && *at_ == quote) continue;  // a doubled quote
      closed = true;
      break;
    }
  }
  if (at_ > end_) at_ = end_;
  push(type, begin, closed ? 0 : kUnterminated);
  if (before == Interval::Begun || before == Interval::Unit) interval_ = Interval::Value;
}

void Lexer::backtick() {
  const char* begin = at_++;
  bool closed = false;
  for (; at_ < end_ && *at_ != '\n'; ++at_) {
    if (*at_ != '`') continue;
    if (peek(1) != '`') {
      ++at_;
      closed = true;
      break;
    }
    ++at_;
  }
  push(BACKTICK, begin, closed ? 0 : kUnterminated);
}

void Lexer::sign(uint16_t type, int size) {
  const char* begin = at_;
  at_ += size;
  push(type, begin);
}

void Lexer::sign() {
  char next = peek(1);
  Interval before = interval_;
  switch (*at_) {
    case '\'':
      return string(at_, false, STRING);
    case '"':
      return string(at_, false, DQSTRING);
    case '`':
      return backtick();
    case '(':
      return sign(LPAREN, 1);
    case ')':
      return sign(RPAREN, 1);
    case '{':
      return sign(LBRACE, 1);
    case '}':
      return sign(RBRACE, 1);
    case '[':
      return sign(LBRACK, 1);
    case ']':
      return sign(RBRACK, 1);
    case ',':
      return sign(COMMA, 1);
    case ';':
      return sign(SEMI, 1);
    case '%':
      return sign(PCT, 1);
    case '&':
      return sign(AMP, 1);
    case '^':
      return sign(CARET, 1);
    case '~':
      return sign(TILDE, 1);
    case '?':
      return sign(QMARK, 1);
    case '@':
      return sign(AT, 1);
    case '$': {  // alone it is a name: what a column of a file holds, in the expression that reads it
      const char* begin = at_++;
      bool alone = at_ == end_ || !is_word_byte(*at_);
      return alone ? push(IDENT, begin) : push(ERROR, begin, kBadCharacter);
    }
    case ':':
      return next == ':' ? sign(COLON2, 2) : sign(COLON, 1);
    case '-':
    case '+':
      if (*at_ == '-' && next == '>') return sign(ARROW, 2);
      sign(*at_ == '-' ? MINUS : PLUS, 1);
      if (before == Interval::Begun || before == Interval::Unit) interval_ = before;
      return;
    case '=':
      if (next == '=') return sign(EQEQ, 2);
      return next == '>' ? sign(FATARROW, 2) : sign(EQ, 1);
    case '<':
      if (next == '=') return peek(2) == '>' ? sign(NSEQ, 3) : sign(LTE, 2);
      return next == '>' ? sign(NEQ, 2) : sign(LT, 1);
    case '>':
      return next == '=' ? sign(GTE, 2) : sign(GT, 1);  // shifts are pairs: `array<array<int>>` ends in two
    case '!':
      if (next == '=') return sign(NEQ2, 2);
      if (next == '>') return sign(NOT_GT, 2);
      return next == '<' ? sign(NOT_LT, 2) : sign(BANG, 1);
    case '|':
      if (next == '|') return sign(CONCAT, 2);
      if (next == '>') return sign(PIPE_OP, 2);
      return sign(begins_pipe_step(at_ + 1, end_) ? PIPE_OP : PIPE, 1);
    case '*':
      if (in_hint_ && next == '/') {
        in_hint_ = false;
        return sign(HINT_END, 2);
      }
      return sign(STAR, 1);
    case '/': {
      if (next == '*') {
        in_hint_ = true;
        return sign(HINT_START, 3);
      }
      int slashes = 1;
      while (peek(slashes) == '/') ++slashes;
      if (slashes < 4) return sign(SLASH, 1);
      const char* begin = at_;
      at_ += slashes;
      return push(ERROR, begin, kManySlashes);
    }
    case '.': {
      bool after_name = at_ > text_ && (is_word_byte(at_[-1]) || at_[-1] == '`' || at_[-1] == ']' || at_[-1] == ')');
      if (is_digit(next) && !after_name) return number(at_);
      return sign(DOT, 1);
    }
    default: {
      const char* begin = at_++;
      return push(ERROR, begin, kBadCharacter);
    }
  }
}

}  // namespace pipec::syntax
