#include "mutator.h"

#include <algorithm>
#include <array>
#include <cctype>

namespace pipec::test {
namespace {

bool is_word(std::string_view token) {
  return !token.empty() && (std::isalpha(static_cast<unsigned char>(token[0])) || token[0] == '_');
}

constexpr std::array<std::string_view, 14> kTypes = {"bigint",  "integer",   "int",         "smallint", "string",
                                                     "text",    "timestamp", "timestamptz", "date",     "double",
                                                     "decimal", "numeric",   "uuid",        "jsonb"};

}  // namespace

std::string_view Mutator::File::of(size_t token) const {
  const syntax::Token& at = tokens.tokens[token];
  return std::string_view(text).substr(at.begin, at.end - at.begin);
}

Mutator::Mutator(Files files, uint32_t seed) : random_(seed) {
  for (auto& [path, text] : files) {
    if (!path.ends_with(".pipe")) continue;
    File& file = files_.emplace_back(File{path, text, {}});
    syntax::Lexer lexer(file.text, file.tokens);
    while (lexer.next() != syntax::Lexer::Step::End) {
    }
    while (!file.tokens.tokens.empty() && file.tokens.tokens.back().begin == file.tokens.tokens.back().end)
      file.tokens.tokens.pop_back();
  }
}

template <typename Fits>
std::pair<const Mutator::File*, size_t> Mutator::any(Fits fits) {
  for (;;) {
    const File& file = files_[pick(files_.size())];
    const size_t token = pick(file.tokens.tokens.size());
    if (fits(file, token)) return {&file, token};
  }
}

Fault Mutator::replaced(std::string kind, const File& file, Span span, std::string now) {
  Fault fault{std::move(kind), file.path, {span.begin, span.begin + static_cast<uint32_t>(now.size())}, {}, now, {}};
  fault.words = file.text.substr(span.begin, span.end - span.begin);
  fault.text = file.text.substr(0, span.begin) + now + file.text.substr(span.end);
  return fault;
}

std::string Mutator::misspell(std::string word) {
  const size_t at = 1 + pick(word.size() - 2);
  switch (pick(3)) {
    case 0:
      if (word[at] != word[at + 1]) {
        std::swap(word[at], word[at + 1]);
        return word;
      }
      [[fallthrough]];
    case 1:
      return word.erase(at, 1);
    default:
      return word.insert(at, 1, word[at]);
  }
}

Fault Mutator::misspelt() {
  const auto [file, token] = any([](const File& f, size_t t) { return is_word(f.of(t)) && f.of(t).size() >= 4; });
  const syntax::Token& at = file->tokens.tokens[token];
  return replaced("misspelt", *file, {at.begin, at.end}, misspell(std::string(file->of(token))));
}

// A line of its own that ends with a comma: a column of a table, of a contract or of a select list.
Fault Mutator::dropped_column() {
  const auto [file, token] = any([](const File& f, size_t t) {
    if (f.of(t) != ",") return false;
    const size_t end = f.tokens.tokens[t].end;
    if (end >= f.text.size() || f.text[end] != '\n') return false;
    const size_t begin = f.text.rfind('\n', end - 1) + 1;
    const std::string line = f.text.substr(begin, end - begin);
    return std::count(line.begin(), line.end(), '(') == std::count(line.begin(), line.end(), ')') &&
           line.find_first_not_of(' ') >= 4;
  });
  const uint32_t end = file->tokens.tokens[token].end;
  const auto begin = static_cast<uint32_t>(file->text.rfind('\n', end - 1) + 1);
  return replaced("dropped column", *file, {begin, end + 1}, "");
}

Fault Mutator::wrong_type() {
  const auto [file, token] = any([](const File& f, size_t t) {
    return t > 0 && is_word(f.of(t - 1)) && std::find(kTypes.begin(), kTypes.end(), f.of(t)) != kTypes.end();
  });
  Span span{file->tokens.tokens[token].begin, file->tokens.tokens[token].end};
  if (token + 1 < file->tokens.tokens.size() && file->of(token + 1) == "(") {
    size_t close = token + 1;
    while (file->of(close) != ")") ++close;
    span.end = file->tokens.tokens[close].end;
  }
  return replaced("wrong type", *file, span, "boolean");
}

Fault Mutator::lost(std::string kind, std::string_view signs) {
  const auto [file, token] = any(
      [&](const File& f, size_t t) { return f.of(t).size() == 1 && signs.find(f.of(t)[0]) != std::string_view::npos; });
  const syntax::Token& at = file->tokens.tokens[token];
  Fault fault = replaced(kind, *file, {at.begin, at.end}, "");
  if (kind == "lost comma") {  // the words on both sides are what is wrong now
    for (size_t before = token; before > 0 && fault.words == ","; --before) {
      if (is_word(file->of(before - 1))) fault.words = file->of(before - 1);
    }
    if (token + 1 < file->tokens.tokens.size()) fault.now = file->of(token + 1);
  }
  return fault;
}

Fault Mutator::lost_quote() {
  const auto [file, token] = any([](const File& f, size_t t) { return f.of(t).front() == '\'' && f.of(t).size() > 1; });
  const syntax::Token& at = file->tokens.tokens[token];
  const uint32_t quote = pick(2) == 0 ? at.begin : at.end - 1;
  return replaced("lost quote", *file, {quote, quote + 1}, "");
}

Fault Mutator::next() {
  switch (pick(10)) {
    case 0:
      return dropped_column();
    case 1:
      return wrong_type();
    case 2:
      return lost("lost comma", ",");
    case 3:
      return lost_quote();
    case 4:
      return lost("lost brace", "{}");
    case 5:
      return lost("lost parenthesis", "()");
    default:
      return misspelt();
  }
}

}  // namespace pipec::test
