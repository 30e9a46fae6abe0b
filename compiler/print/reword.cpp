#include "print/reword.h"

#include <algorithm>
#include <string>

#include "print/align.h"
#include "print/spacing.h"

namespace pipec::print {

using syntax::Token;
using syntax::Tokens;

namespace {

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
}

bool is_word_token(const Token& token) {
  return syntax::is_word(token.type) || token.type == syntax::IDENT || token.type == syntax::UNIT;
}

std::string_view unquoted(std::string_view text, const Token& token) {
  bool quoted = token.type == syntax::BACKTICK && text.size() > 2 && text.find('`', 1) == text.size() - 1;
  return quoted ? text.substr(1, text.size() - 2) : text;
}

class Rewording {
 public:
  Rewording(const Layout& printed, std::string_view source, std::span<const Token> words)
      : printed_(printed), source_(source), words_(words) {}

  Layout run() {
    join();
    syntax::lex(all_, found_);
    matches_ = align(found_.tokens.size(), words_.size(), [&](size_t a, size_t b) { return matching(a, b); });
    move_joins();
    for (size_t i = 0; i < printed_.size(); ++i) piece(i);
    return std::move(out_);
  }

 private:
  std::string_view printed_word(size_t i) const {
    const Token& token = found_.tokens[i];
    return std::string_view(all_).substr(token.begin, token.end - token.begin);
  }
  std::string_view source_word(size_t i) const {
    return source_.substr(words_[i].begin, words_[i].end - words_[i].begin);
  }

  bool matching(size_t a, size_t b) const {
    const Token& printed = found_.tokens[a];
    std::string_view x = unquoted(printed_word(a), printed);
    std::string_view y = unquoted(source_word(b), words_[b]);
    if (x == y) return true;
    bool words = (is_word_token(printed) || printed.type == syntax::BACKTICK) &&
                 (is_word_token(words_[b]) || words_[b].type == syntax::BACKTICK);
    return words &&
           std::equal(x.begin(), x.end(), y.begin(), y.end(), [](char c, char d) { return lower(c) == lower(d); });
  }

  // All that is printed as one text: an end of line, if need be, between two pieces.
  void join() {
    for (size_t i = 0; i < printed_.size(); ++i) {
      begins_.push_back(static_cast<uint32_t>(all_.size()));
      switch (printed_.kind(i)) {
        case Layout::Kind::Text:
        case Layout::Kind::Verbatim:
        case Layout::Kind::Flat:
          all_ += printed_.text_of(i);
          break;
        case Layout::Kind::Suffix:
        case Layout::Kind::Line:
        case Layout::Kind::Softline:
        case Layout::Kind::Hardline:
          all_ += '\n';
          break;
        default:
          break;
      }
    }
  }

  // `inner` that the printer leaves out belongs to the line of its join, not to the one before.
  void move_joins() {
    for (size_t i = 0; i + 1 < matches_.size(); ++i) {
      if (matches_[i].end - matches_[i].begin < 2) continue;
      std::string_view gap =
          std::string_view(all_).substr(found_.tokens[i].end, found_.tokens[i + 1].begin - found_.tokens[i].end);
      uint16_t last = words_[matches_[i].end - 1].type;
      if (gap.find('\n') == std::string_view::npos || last != syntax::K_INNER) continue;
      matches_[i + 1].begin = --matches_[i].end;
    }
  }

  void piece(size_t i) {
    switch (printed_.kind(i)) {
      case Layout::Kind::Text:
      case Layout::Kind::Verbatim:
      case Layout::Kind::Flat:
        return text(begins_[i], begins_[i] + static_cast<uint32_t>(printed_.text_of(i).size()));
      case Layout::Kind::Line:
      case Layout::Kind::Softline:
      case Layout::Kind::Hardline:
        blank_ = false;
        break;
      default:
        break;
    }
    out_.copy(printed_, i);
  }

  void text(uint32_t begin, uint32_t end) {
    uint32_t at = begin;
    while (next_ < found_.tokens.size() && found_.tokens[next_].begin < end) {
      const Token& token = found_.tokens[next_];
      if (token.begin > at) between(at, token.begin);
      for (size_t word = matches_[next_].begin; word < matches_[next_].end; ++word) {
        if (word > matches_[next_].begin) blank_ = blank_between(words_[word - 1], words_[word]);
        put_word(word);
      }
      at = token.end;
      ++next_;
    }
    if (at < end) between(at, end);
  }

  // Blanks and comments.
  void between(uint32_t begin, uint32_t end) {
    std::string_view gap = std::string_view(all_).substr(begin, end - begin);
    size_t first = gap.find_first_not_of(' ');
    if (first != 0) blank_ = true;
    if (first == std::string_view::npos) return;
    size_t last = gap.find_last_not_of(' ');
    put(gap.substr(first, last + 1 - first));
    blank_ = last + 1 < gap.size();
  }

  void put_word(size_t word) {
    const Token& token = found_.tokens[next_];
    bool same = is_word_token(token) && is_word_token(words_[word]) && matching(next_, word);
    // A word that the printer does not say is no name: `outer`, `asc`.
    uint16_t type = words_[word].type;
    bool name = token.type == syntax::BACKTICK && matching(next_, word);  // in the printer's quotes
    bool keyword = !same && !name && (syntax::is_reserved(type) || type == syntax::K_OUTER || type == syntax::K_ASC);
    std::string text(same ? printed_word(next_) : source_word(word));
    if (keyword) std::transform(text.begin(), text.end(), text.begin(), lower);
    put(text);
    after_bang_ = type == syntax::BANG;
  }

  void put(std::string_view text) {
    if (blank_ && !after_bang_) out_.text(" ");
    blank_ = after_bang_ = false;
    out_.verbatim(text);
  }

  const Layout& printed_;
  std::string_view source_;
  std::span<const Token> words_;
  std::string all_;
  std::vector<uint32_t> begins_;  // of each piece in all_
  Tokens found_;
  std::vector<Match> matches_;
  Layout out_;
  size_t next_ = 0;
  bool blank_ = false;
  bool after_bang_ = false;  // `not` in the printer's words, with a blank behind it
};

}  // namespace

Layout reworded(const Layout& printed, std::string_view source, std::span<const Token> words) {
  return Rewording(printed, source, words).run();
}

bool same_word(std::string_view a, const Token& a_token, std::string_view b, const Token& b_token) {
  if (a == b) return true;
  return is_word_token(a_token) && is_word_token(b_token) &&
         std::equal(a.begin(), a.end(), b.begin(), b.end(), [](char c, char d) { return lower(c) == lower(d); });
}

}  // namespace pipec::print
