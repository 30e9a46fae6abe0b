#include "fuzz/edits.h"

#include <algorithm>

#include "syntax/token_types.h"

namespace pipec::fuzz {
namespace {

constexpr size_t kLargest = 60'000;

const char* const kSigns[] = {"'",
                              "\"",
                              "`",
                              "{",
                              "}",
                              "(",
                              ")",
                              "[",
                              "]",
                              "/*",
                              "*/",
                              "--",
                              "///",
                              "@",
                              ",",
                              ";",
                              ".",
                              "|>",
                              "::",
                              "->",
                              "${",
                              "\n",
                              "\r\n",
                              "\t",
                              "\\",
                              "$",
                              "\0",
                              "\xff",
                              "ß",
                              "1e999",
                              "99999999999999999999999999999999999999999",
                              "null",
                              "9999-99-99",
                              "e'\\u0000'"};

}  // namespace

void Edits::put(std::string& text, const std::string& piece) {
  if (text.size() + piece.size() < kLargest) text.insert(pick(text.size() + 1), piece);
}

std::string Edits::piece() {
  const std::string& from = corpus_[pick(corpus_.size())];
  if (from.empty()) return {};
  const size_t begin = pick(from.size());
  return from.substr(begin, 1 + pick(200));
}

void Edits::damage(std::string& text) {
  const size_t at = pick(text.size() + 1);
  switch (pick(10)) {
    case 0:
      text.erase(at, 1 + pick(40));
      break;
    case 1:
      text.erase(at);
      break;
    case 2:
      put(text, kSigns[pick(std::size(kSigns))]);
      break;
    case 3:
      put(text, std::string(" ") + syntax::kTokenTexts[1 + pick(syntax::kTokenTypes - 1)] + " ");
      break;
    case 4:
      put(text, piece());
      break;
    case 5: {  // one sign many times
      std::string many;
      const std::string sign = kSigns[pick(std::size(kSigns))];
      for (size_t i = 0, count = 1 + pick(400); i < count; ++i) many += sign;
      put(text, many);
      break;
    }
    case 6:
      if (at < text.size()) text[at] = static_cast<char>(pick(256));
      break;
    case 7: {  // two pieces change places
      if (text.size() < 3) break;
      const size_t first = pick(text.size() / 2), second = text.size() / 2 + pick(text.size() / 2);
      const size_t length = std::min({size_t{1} + pick(60), text.size() / 2 - first, text.size() - second});
      std::swap_ranges(text.begin() + static_cast<long>(first), text.begin() + static_cast<long>(first + length),
                       text.begin() + static_cast<long>(second));
      break;
    }
    default: {  // a word for another word of the text
      const size_t from = text.find(' ', at), to = text.find(' ', pick(text.size() + 1));
      if (from == std::string::npos || to == std::string::npos) break;
      const std::string word = text.substr(to, text.find_first_of(" \n", to + 1) - to);
      text.replace(from, std::min<size_t>(text.find_first_of(" \n", from + 1), text.size()) - from, word);
    }
  }
}

}  // namespace pipec::fuzz
