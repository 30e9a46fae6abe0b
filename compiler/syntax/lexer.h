// The one lexer of specifications and of the SQL in them: 12-byte tokens, comments and descriptions aside. It
// never fails: what is no token is an ERROR token with its reason, and text left open is marked.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/text.h"
#include "syntax/token_types.h"

namespace pipec::syntax {

enum TokenFlag : uint16_t {
  kUnterminated = 1,  // a string or backtick that is not closed; an ERROR token: a comment that is not closed
  kBadNumber = 2,     // ERROR: 1.5abc
  kBadCharacter = 4,  // ERROR: a character that begins nothing
  kInvisible = 8,     // ERROR: a no-break space, zero-width character or byte order mark
  kManySlashes = 16,  // ERROR: four slashes or more
  kDigitFirst = 32,   // IDENT that begins with digits: 2024_sales, 10minutes
};

struct Token {
  uint32_t begin = 0;
  uint32_t end = 0;
  uint16_t type = END;
  uint16_t flags = 0;
};

struct Trivia {
  uint32_t begin = 0;
  uint32_t end = 0;     // without the end of line
  bool line = true;     // "-- text", else "/* text */"
  uint32_t before = 0;  // index of the token that follows
};

struct Tokens {
  std::vector<Token> tokens;
  std::vector<Trivia> comments;
  std::vector<Trivia> docs;  // "/// text", one a line
  void clear() {
    tokens.clear();
    comments.clear();
    docs.clear();
  }
};

/// Emits one token at a time, so that the block pre-scan can cut one short and go on elsewhere.
class Lexer {
 public:
  Lexer(std::string_view text, Tokens& out, bool strings_end_with_line = false)
      : text_(text.data()),
        end_(text.data() + text.size()),
        at_(text.data()),
        out_(out),
        strings_end_with_line_(strings_end_with_line) {}

  enum class Step : uint8_t { Token, Comment, End };
  /// Adds one token, or one comment of the `/* */` kind. Line comments and descriptions are taken on the way.
  Step next();
  uint32_t offset() const { return static_cast<uint32_t>(at_ - text_); }
  /// Goes on at another place, with nothing open.
  void restart(uint32_t offset) {
    at_ = text_ + offset;
    in_hint_ = false;
    interval_ = Interval::None;
  }
  /// Of the block comment just taken.
  bool comment_is_open() const { return comment_is_open_; }

 private:
  // Where we are in `interval '1' day 2 hours to second`: only there are the units tokens of their own.
  enum class Interval : uint8_t { None, Begun, Value, Unit, To };

  void push(uint16_t type, const char* begin, uint16_t flags = 0) {
    out_.tokens.push_back({static_cast<uint32_t>(begin - text_), static_cast<uint32_t>(at_ - text_), type, flags});
    interval_ = Interval::None;
  }
  bool follows_dot(const char* begin) const {
    return !out_.tokens.empty() && out_.tokens.back().type == DOT &&
           out_.tokens.back().end == static_cast<uint32_t>(begin - text_);
  }
  char peek(int ahead) const { return at_ + ahead < end_ ? at_[ahead] : '\0'; }
  void word(const char* begin);
  void number(const char* begin);
  void string(const char* begin, bool raw, uint16_t type);
  void backtick();
  void line_trivia(std::vector<Trivia>& list);
  void block_comment();
  void sign();
  void sign(uint16_t type, int size);

  const char* text_;
  const char* end_;
  const char* at_;
  Tokens& out_;
  bool strings_end_with_line_;
  bool in_hint_ = false;
  bool comment_is_open_ = false;
  Interval interval_ = Interval::None;
};

/// The whole text, into emptied lists.
void lex(std::string_view text, Tokens& out, bool strings_end_with_line = false);

/// The word's type, or IDENT.
uint16_t keyword_type(std::string_view word);
inline bool is_word(uint16_t type) {
  return type >= kFirstWord;
}
inline bool is_reserved(uint16_t type) {
  return is_word(type) && kWordClasses[type - kFirstWord] != kSoft;
}
/// A letter, digit, underscore or byte above 127.
bool is_word_byte(char c);

}  // namespace pipec::syntax
