#include "databricks_jobs/names.h"

#include <algorithm>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "base/hash.h"

namespace pipec::backend::databricks_jobs {

namespace {

constexpr size_t kDigest = 12;
constexpr std::string_view kCut = "...";

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
bool is_word(char c) {
  return is_letter(c) || (c >= '0' && c <= '9');
}

/// Begins with a letter; no underscore beside another one or at the end, so that parts can be told apart again.
bool is_plain(std::string_view part) {
  if (part.empty() || !is_letter(part.front()) || !is_word(part.back())) return false;
  return part.find("__") == std::string_view::npos &&
         std::all_of(part.begin(), part.end(), [](char c) { return is_word(c) || c == '_'; });
}

std::string words_of(std::string_view text) {
  std::string words;
  for (char c : text) {
    if (is_word(c)) {
      words += c;
    } else if (!words.empty() && words.back() != '_') {
      words += '_';
    }
  }
  return words;
}

}  // namespace

std::string key_of(const std::vector<std::string_view>& parts, size_t longest) {
  const std::string plain = fmt::format("{}", fmt::join(parts, "__"));
  if (plain.size() <= longest && std::all_of(parts.begin(), parts.end(), is_plain)) return plain;
  std::string words = words_of(plain).substr(0, longest - kDigest - 3);
  while (words.ends_with('_')) words.pop_back();
  std::string all;
  for (std::string_view part : parts) all += fmt::format("{}:{}", part.size(), part);
  return fmt::format("x-{}{}{}", words, words.empty() ? "" : "-", sha256_hex(all).substr(0, kDigest));
}

std::string key_of_node(std::string_view name) {
  const size_t dot = name.find('.');
  if (dot == std::string_view::npos) return key_of({name});
  return key_of({name.substr(0, dot), name.substr(dot + 1)});
}

std::string shown(std::string_view text, size_t longest) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    result += text[i];
    if (text[i] == '$' && i + 1 < text.size() && text[i + 1] == '{') result += ' ';
  }
  if (result.size() <= longest) return result;
  size_t end = longest - kCut.size();
  while (end > 0 && (static_cast<unsigned char>(result[end]) & 0xC0) == 0x80) --end;  // never within a character
  return result.substr(0, end).append(kCut);
}

}  // namespace pipec::backend::databricks_jobs
