#include "syntax/failure.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace pipec::syntax {
namespace {

// Beyond this many tokens the question "what would fit here" is not asked: each answer parses again.
constexpr uint32_t kFarthestProbe = 4000;
constexpr uint32_t kFarthestFullProbe = 400;
constexpr size_t kShortestMisspelt = 3;
constexpr size_t kMostWanted = 8;  // a longer list of what would fit says nothing

class Explainer {
 public:
  explicit Explainer(const Failure& failure) : f_(failure) {}

  SyntaxError explain() {
    if (f_.too_deep) return too_deep_error(span(f_.stopped));
    for (uint32_t i = f_.first; i < f_.end && i <= f_.stopped; ++i) {
      if (auto error = explain_token(f_.text, f_.tokens[i])) return *error;
    }
    if (f_.stopped - f_.first > kFarthestProbe) return plain();
    probe();
    if (auto error = duration()) return *error;
    if (auto error = quote_or_slashes()) return *error;
    if (auto error = misspelt()) return *error;
    if (auto error = misspelt_before()) return *error;
    if (auto error = reserved()) return *error;
    if (auto error = open_bracket()) return *error;
    return expected();
  }

 private:
  uint16_t found() const { return f_.stopped < f_.end ? f_.tokens[f_.stopped].type : uint16_t{END}; }
  std::string_view token(uint32_t i) const {
    return f_.text.substr(f_.tokens[i].begin, f_.tokens[i].end - f_.tokens[i].begin);
  }
  Span span(uint32_t i) const {
    if (i < f_.end) return {f_.tokens[i].begin, f_.tokens[i].end};
    uint32_t at = f_.end > f_.first ? f_.tokens[f_.end - 1].end : 0;
    return {at, at};
  }
  static bool word_token(uint16_t type) { return type == IDENT || is_word(type); }

  SyntaxError make(const DiagnosticKind& kind, Span where, std::string message, std::string help = {}) const {
    SyntaxError error;
    error.kind = &kind;
    error.span = where;
    error.message = std::move(message);
    error.help = std::move(help);
    return error;
  }
  SyntaxError plain() const {
    if (found() == END) return make(diag::Unexpected, span(f_.stopped), "something is missing at the end");
    return make(diag::Unexpected, span(f_.stopped), fmt::format("`{}` does not fit here", shown(f_.stopped)));
  }
  std::string shown(uint32_t i) const {
    std::string_view text = token(i);
    size_t line = text.find('\n');
    if (line != std::string_view::npos || text.size() > 40) {
      size_t size = std::min({line, size_t{37}, text.size()});
      while (size > 0 && (static_cast<unsigned char>(text[size]) & 0xC0) == 0x80) --size;
      return std::string(text.substr(0, size)) + "...";
    }
    return std::string(text);
  }

  // How far the parser gets with another type of token at `at`: the index where it stops, and `end` for a
  // success.
  uint32_t reach(uint32_t at, uint16_t type, uint32_t end) {
    uint16_t old = at < f_.tokens.size() ? f_.tokens[at].type : uint16_t{END};
    f_.driver.set_type(at, type);
    ParseOutcome outcome = f_.driver.run(f_.entry, f_.first, end);
    f_.driver.set_type(at, old);
    return outcome.stopped;
  }
  bool fits(uint16_t type) { return reach(f_.stopped, type, f_.stopped + 1) > f_.stopped; }

  // Each question parses again, so only those are asked whose answer is used.
  void probe() {
    size_t events = f_.driver.events().size();
    auto ask = [&](uint16_t type) { fits_[type] = fits(type); };
    for (uint16_t type : {IDENT, BACKTICK, STRING, INTEGER, LPAREN, RPAREN, LBRACE, RBRACE, RBRACK, COMMA, EQ, COLON,
                          LT, GT, PLUS, STAR}) {
      ask(type);
    }
    for (uint16_t word : {K_SELECT, K_WITH, K_CASE, K_WHEN, K_THEN, K_ELSE, K_END, K_AND, K_OR, K_AS, K_FROM})
      ask(word);
    bool inside_expression = expression_fits() || (fits_[PLUS] && fits_[STAR]);
    bool far = f_.stopped - f_.first > kFarthestFullProbe;
    for (uint16_t type = kFirstWord; type < kTokenTypes; ++type) {
      bool soft_name = !is_reserved(type) && name_fits();
      if (fits_[type] || soft_name) continue;
      if ((!inside_expression && !far) || close_to_found(kTokenTexts[type])) ask(type);
    }
    f_.driver.events().resize(events);
  }
  bool close_to_found(std::string_view word) const {
    if (!word_token(found())) return false;
    return !suggest(token(f_.stopped), {word}).empty();
  }

  bool expression_fits() const { return fits_[INTEGER] && fits_[LPAREN] && fits_[K_CASE]; }
  bool name_fits() const { return fits_[IDENT]; }

  std::optional<SyntaxError> duration() {
    bool glued = found() == IDENT && (f_.tokens[f_.stopped].flags & kDigitFirst) != 0;
    bool number_wanted = fits_[INTEGER] && !expression_fits() && !fits_[STRING];
    if (!number_wanted || !(glued || found() == DECIMAL)) return std::nullopt;
    std::string_view text = token(f_.stopped);
    SyntaxError error = make(diag::BadDuration, span(f_.stopped), fmt::format("`{}` is not a duration", text),
                             "a duration is a number, a space and a word: `10 minutes`");
    size_t digits = text.find_first_not_of("0123456789");
    std::string_view unit = digits == std::string_view::npos ? std::string_view{} : text.substr(digits);
    if (unit.size() > 3 && digits > 0) {
      error.fix_title = "put a space between number and unit";
      error.fix = {{span(f_.stopped), fmt::format("{} {}", text.substr(0, digits), unit)}};
    }
    return error;
  }

  // 'it's', // comment
  std::optional<SyntaxError> quote_or_slashes() const {
    if (f_.stopped <= f_.first || f_.stopped >= f_.end) return std::nullopt;
    const Token& before = f_.tokens[f_.stopped - 1];
    if ((before.type == STRING || before.type == DQSTRING) && before.end == f_.tokens[f_.stopped].begin) {
      return make(diag::Unexpected, span(f_.stopped),
                  fmt::format("`{}` stands right behind a string", shown(f_.stopped)),
                  "a quote inside a string is written twice: `''`");
    }
    bool slashes = found() == SLASH && f_.stopped + 1 < f_.end && f_.tokens[f_.stopped + 1].type == SLASH;
    if (!slashes) return std::nullopt;
    return make(diag::Unexpected, {f_.tokens[f_.stopped].begin, f_.tokens[f_.stopped + 1].end}, "`//` begins nothing",
                "comments begin with `--`, descriptions with `///`");
  }

  std::vector<std::string_view> fitting_words() const {
    std::vector<std::string_view> words;
    for (uint16_t type = kFirstWord; type < kTokenTypes; ++type) {
      if (fits_[type] && !(kWordClasses[type - kFirstWord] == kSoft && name_fits())) words.push_back(kTokenTexts[type]);
    }
    return words;
  }

  SyntaxError meant(uint32_t at, std::string_view word, std::string message) const {
    SyntaxError error = make(diag::Unexpected, span(at), std::move(message), fmt::format("did you mean `{}`?", word));
    error.fix_title = fmt::format("write `{}`", word);
    error.fix = {{span(at), std::string(word)}};
    return error;
  }

  // The word that stopped the parser is nearly one that fits.
  std::optional<SyntaxError> misspelt() {
    if (!word_token(found()) || token(f_.stopped).size() < kShortestMisspelt) return std::nullopt;
    std::vector<std::string_view> near = suggest(token(f_.stopped), fitting_words());
    if (near.empty()) return std::nullopt;
    return meant(f_.stopped, near[0], fmt::format("unexpected `{}`", token(f_.stopped)));
  }

  // The word before it was taken for a name, but is nearly a keyword with which the text goes on: `select a
  // form t`.
  std::optional<SyntaxError> misspelt_before() {
    if (f_.stopped <= f_.first || f_.tokens[f_.stopped - 1].type != IDENT) return std::nullopt;
    uint32_t at = f_.stopped - 1;
    if (token(at).size() < kShortestMisspelt) return std::nullopt;
    std::vector<std::string_view> words;
    for (uint16_t type = kFirstWord; type < kTokenTypes; ++type) words.push_back(kTokenTexts[type]);
    size_t events = f_.driver.events().size();
    std::optional<SyntaxError> result;
    for (std::string_view word : suggest(token(at), words)) {
      uint32_t end = std::min(f_.end, f_.stopped + 1);
      if (reach(at, keyword_type(word), end) <= f_.stopped && f_.stopped < f_.end) continue;
      result = meant(at, word, fmt::format("unexpected `{}`", token(at)));
      break;
    }
    f_.driver.events().resize(events);
    return result;
  }

  std::optional<SyntaxError> reserved() {
    if (!is_reserved(found()) || !name_fits()) return std::nullopt;
    if (expression_fits() && !stands_as_column()) return std::nullopt;
    size_t events = f_.driver.events().size();
    uint32_t reached = reach(f_.stopped, IDENT, std::min(f_.end, f_.stopped + 2));
    f_.driver.events().resize(events);
    if (reached <= f_.stopped + 1 && f_.stopped + 1 < f_.end) return std::nullopt;
    SyntaxError error =
        make(diag::ReservedWord, span(f_.stopped), fmt::format("`{}` is a reserved word", token(f_.stopped)),
             "as a name it stands in backticks");
    error.fix_title = "put it in backticks";
    error.fix = {{span(f_.stopped), fmt::format("`{}`", token(f_.stopped))}};
    return error;
  }
  // In the place of an expression a reserved word is a name only if what follows ends the expression.
  bool stands_as_column() const {
    static constexpr uint16_t kNames[] = {K_ALL, K_TABLE, K_VALUES, K_INTERVAL, K_DISTINCT, K_FOR};
    if (std::find(std::begin(kNames), std::end(kNames), found()) == std::end(kNames)) return false;
    uint16_t next = f_.stopped + 1 < f_.end ? f_.tokens[f_.stopped + 1].type : uint16_t{END};
    return next == COMMA || next == RPAREN || next == K_FROM || next == END || next == EQ || next == K_AS;
  }

  // The innermost bracket that is open where the parser stopped; `stopped` if there is none.
  uint32_t opener() const {
    std::vector<uint32_t> open;
    for (uint32_t i = f_.first; i < f_.stopped && i < f_.end; ++i) {
      switch (f_.tokens[i].type) {
        case LPAREN:
        case LBRACK:
        case LBRACE:
          open.push_back(i);
          break;
        case RPAREN:
        case RBRACK:
        case RBRACE:
          if (!open.empty()) open.pop_back();
          break;
        default:
          break;
      }
    }
    return open.empty() ? f_.stopped : open.back();
  }
  uint16_t closer_of(uint32_t bracket) const {
    uint16_t type = f_.tokens[bracket].type;
    return type == LPAREN ? RPAREN : type == LBRACK ? RBRACK : RBRACE;
  }

  bool other_line(uint32_t bracket) const {
    std::string_view between =
        f_.text.substr(f_.tokens[bracket].end, f_.tokens[f_.stopped].begin - f_.tokens[bracket].end);
    return between.find('\n') != std::string_view::npos;
  }

  std::optional<SyntaxError> open_bracket() {
    uint32_t bracket = opener();
    if (bracket == f_.stopped || !fits_[closer_of(bracket)]) return std::nullopt;
    bool at_end = found() == END || found() == RBRACE || (f_.entry == Entry::Annotation && other_line(bracket));
    if (!at_end) return std::nullopt;
    SyntaxError error = make(diag::OpenBracket, span(bracket), fmt::format("this `{}` is not closed", token(bracket)));
    if (found() != END) {
      error.labels.push_back(
          {span(f_.stopped), fmt::format("`{}` is expected before this", kTokenTexts[closer_of(bracket)])});
    }
    return error;
  }

  SyntaxError expected() {
    std::vector<std::string> wanted;
    bool after_operand = fits_[PLUS] && fits_[STAR] && !fits_[INTEGER];
    if (expression_fits()) {
      wanted.push_back("an expression");
    } else if (fits_[K_SELECT] && fits_[K_WITH]) {
      wanted.push_back("a query");
    } else {
      bool alias = after_operand || (name_fits() && fits_[COMMA]);
      if (name_fits() && !alias) wanted.push_back(fits_[BACKTICK] ? "a name" : "a word");
      if (fits_[STRING] && !after_operand) wanted.push_back("a string");
      if (fits_[INTEGER] && !after_operand) wanted.push_back("a number");
    }
    static constexpr uint16_t kSigns[] = {LPAREN, RPAREN, LBRACE, RBRACE, RBRACK, COMMA, EQ, COLON, LT, GT};
    for (uint16_t sign : kSigns) {
      bool operation = sign == LPAREN || sign == EQ || sign == COLON || sign == LT || sign == GT;
      if (!fits_[sign] || (operation && (after_operand || expression_fits()))) continue;
      wanted.push_back(fmt::format("`{}`", kTokenTexts[sign]));
    }
    if (!expression_fits() && !(fits_[K_SELECT] && fits_[K_WITH])) {
      std::vector<std::string_view> words = fitting_words();
      size_t room = after_operand || words.size() > kMostWanted ? 0 : words.size();
      for (size_t i = 0; i < room; ++i) wanted.push_back(fmt::format("`{}`", words[i]));
      if (after_operand) part_words(wanted);
    }
    if (wanted.empty() || wanted.size() > kMostWanted) return plain();
    std::string list;
    for (size_t i = 0; i < wanted.size(); ++i) {
      if (i > 0) list += i + 1 == wanted.size() ? " or " : ", ";
      list += wanted[i];
    }
    std::string what = found() == END ? std::string("found the end") : fmt::format("found `{}`", shown(f_.stopped));
    SyntaxError error = make(diag::Unexpected, span(f_.stopped), fmt::format("expected {}, {}", list, what));
    uint32_t bracket = opener();
    if (bracket != f_.stopped && bracket + 1 < f_.stopped && fits_[closer_of(bracket)]) {
      error.labels.push_back({span(bracket), "opened here"});
    }
    column_hint(error);
    return error;
  }

  // After a whole expression nearly everything fits; what is said is what the construct around it waits for.
  void part_words(std::vector<std::string>& wanted) const {
    auto say = [&](uint16_t word) { wanted.push_back(fmt::format("`{}`", kTokenTexts[word])); };
    for (uint16_t word : {K_WHEN, K_THEN, K_ELSE, K_END}) {  // fit inside CASE alone
      if (fits_[word]) say(word);
    }
    if (fits_[K_AND] && !fits_[K_OR]) say(K_AND);
    if (fits_[K_AS] && !fits_[COMMA] && !fits_[RPAREN]) say(K_AS);
    if (fits_[K_FROM]) say(K_FROM);
  }

  void column_hint(SyntaxError& error) const {
    if (f_.entry != Entry::TableMember && f_.entry != Entry::ColumnDefinition && f_.entry != Entry::SourceItem &&
        f_.entry != Entry::ModelItem) {
      return;
    }
    if (f_.stopped <= f_.first) return;
    uint16_t before = f_.tokens[f_.stopped - 1].type;
    if (before == K_PRIMARY || before == K_UNIQUE || before == K_FOREIGN || before == K_CONSTRAINT ||
        before == K_CHECK) {
      error.help = fmt::format("a column called `{}` is written in backticks", token(f_.stopped - 1));
    }
  }

  const Failure& f_;
  std::array<bool, kTokenTypes> fits_{};
};

}  // namespace

SyntaxError explain(const Failure& failure) {
  return Explainer(failure).explain();
}

std::optional<SyntaxError> explain_token(std::string_view text, const Token& token) {
  if (token.type != ERROR && (token.flags & kUnterminated) == 0) return std::nullopt;
  SyntaxError error;
  error.span = {token.begin, token.end};
  std::string_view words = text.substr(token.begin, token.end - token.begin);
  if ((token.flags & kUnterminated) != 0) {
    uint32_t mark = token.type == HEX || words[0] == 'r' || words[0] == 'R' ? 2 : token.type == ERROR ? 2 : 1;
    error.span.end = std::min(token.begin + mark, token.end);
    if (token.type == ERROR) {
      error.kind = &diag::OpenComment;
      error.message = "this comment is not closed";
      error.help = "comments nest: each `/*` needs a `*/` of its own";
    } else {
      error.kind = &diag::OpenString;
      error.message = token.type == BACKTICK ? "this name in backticks is not closed" : "this string is not closed";
    }
    return error;
  }
  error.kind = &diag::BadText;
  if ((token.flags & kInvisible) != 0) {
    error.message = "an invisible character stands here";
    error.help = "delete it; it looks like a space, but is none";
    error.fix_title = "put a space instead";
    error.fix = {{error.span, " "}};
  } else if ((token.flags & kBadNumber) != 0) {
    error.kind = &diag::BadLiteral;
    error.message = fmt::format("`{}` is not a number", words);
  } else if ((token.flags & kManySlashes) != 0) {
    error.kind = &diag::Unexpected;
    error.message = "a description begins with exactly three slashes";
  } else {
    auto byte = static_cast<unsigned char>(words[0]);
    error.message = byte < 0x20 || byte == 0x7F ? fmt::format("the control character 0x{:02X} cannot stand here", byte)
                                                : fmt::format("`{}` begins nothing in this language", words);
  }
  return error;
}

std::optional<SyntaxError> check_bytes(std::string_view text) {
  std::optional<uint32_t> bad = find_bad_byte(text);
  if (!bad) return std::nullopt;
  SyntaxError error;
  error.kind = &diag::BadText;
  error.span = {*bad, *bad + 1};
  auto byte = static_cast<unsigned char>(text[*bad]);
  error.message = byte == 0 ? "the text holds a NUL byte" : fmt::format("the byte 0x{:02X} is not UTF-8", byte);
  error.help = "save the file as UTF-8 text";
  return error;
}

std::optional<SyntaxError> check_size(std::span<const Token> tokens) {
  if (tokens.size() <= kMostTokens) return std::nullopt;
  SyntaxError error;
  error.kind = &diag::TooLarge;
  error.span = {tokens[0].begin, tokens[0].end};
  error.message = fmt::format("what begins here has {} words and signs; {} are the most", tokens.size(), kMostTokens);
  error.help = "keep data in a table or a file of its own";
  return error;
}

SyntaxError too_deep_error(Span span) {
  SyntaxError error;
  error.kind = &diag::TooDeep;
  error.span = span;
  error.message = fmt::format("this is nested deeper than {} levels", kDeepestNesting);
  error.help = "split it, for example into common table expressions";
  return error;
}

uint32_t first_too_deep(std::span<const Token> tokens) {
  uint32_t depth = 0;
  uint32_t generics = 0;
  for (uint32_t i = 0; i < tokens.size(); ++i) {
    switch (tokens[i].type) {
      case LPAREN:
      case LBRACK:
      case LBRACE:
      case K_CASE:
        if (++depth > kDeepestNesting) return i;
        break;
      case RPAREN:
      case RBRACK:
      case RBRACE:
      case K_END:
        if (depth > 0) --depth;
        break;
      case LT: {
        uint16_t before = i > 0 ? tokens[i - 1].type : uint16_t{END};
        if (before != K_ARRAY && before != K_MAP && before != K_STRUCT) break;
        ++generics;
        if (++depth > kDeepestNesting) return i;
        break;
      }
      case GT:
        if (generics > 0) {
          --generics;
          if (depth > 0) --depth;
        }
        break;
      default:
        break;
    }
  }
  return static_cast<uint32_t>(tokens.size());
}

}  // namespace pipec::syntax
