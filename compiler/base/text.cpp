#include "base/text.h"

#include <algorithm>

namespace pipec {
namespace {

bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

char32_t fold(char32_t c) {
  return c >= U'A' && c <= U'Z' ? c + (U'a' - U'A') : c;
}

// Well-formed or not, every byte ends up in some code point: suggestions never fail.
std::u32string folded_code_points(std::string_view text) {
  std::u32string result;
  for (char byte : text) {
    auto bits = static_cast<unsigned char>(byte);
    if (is_continuation(byte) && !result.empty()) {
      result.back() = (result.back() << 6) | (bits & 0x3F);
    } else {
      result.push_back(fold(bits));
    }
  }
  return result;
}

// Edit distance in which swapping two neighbours counts once; `limit` + 1 as soon as it must exceed the limit.
size_t edit_distance(const std::u32string& a, const std::u32string& b, size_t limit) {
  size_t length_difference = a.size() > b.size() ? a.size() - b.size() : b.size() - a.size();
  if (length_difference > limit) return limit + 1;
  std::vector<size_t> before_last(b.size() + 1), last(b.size() + 1), row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    size_t smallest = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      size_t cost = a[i - 1] == b[j - 1] ? 0 : 1;
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, last[j - 1] + cost});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
      smallest = std::min(smallest, row[j]);
    }
    if (smallest > limit) return limit + 1;
    std::swap(before_last, last);
    std::swap(last, row);
  }
  return last[b.size()];
}

}  // namespace

LineIndex::LineIndex(std::string_view text) : text_(text) {
  starts_.push_back(0);
  for (size_t at = text.find('\n'); at != std::string_view::npos; at = text.find('\n', at + 1)) {
    starts_.push_back(static_cast<uint32_t>(at + 1));
  }
}

Position LineIndex::position(uint32_t offset) const {
  offset = std::min<uint32_t>(offset, static_cast<uint32_t>(text_.size()));
  auto after = std::upper_bound(starts_.begin(), starts_.end(), offset);
  Position result;
  result.line = static_cast<uint32_t>(after - starts_.begin());
  for (uint32_t at = *(after - 1); at < offset; ++at) {
    if (!is_continuation(text_[at])) ++result.column;
  }
  return result;
}

std::string_view LineIndex::line(uint32_t line) const {
  if (line == 0 || line > starts_.size()) return {};
  size_t begin = starts_[line - 1];
  size_t end = line < starts_.size() ? starts_[line] - 1 : text_.size();
  if (end > begin && line < starts_.size() && text_[end - 1] == '\r') --end;
  return text_.substr(begin, end - begin);
}

uint32_t LineIndex::line_begin(uint32_t line) const {
  return line == 0 || line > starts_.size() ? static_cast<uint32_t>(text_.size()) : starts_[line - 1];
}

std::optional<uint32_t> find_bad_byte(std::string_view text) {
  auto byte = [&](size_t at) -> unsigned { return at < text.size() ? static_cast<unsigned char>(text[at]) : 0; };
  auto continues = [&](size_t at) { return at < text.size() && is_continuation(text[at]); };
  for (size_t at = 0; at < text.size();) {
    unsigned first = byte(at), second = byte(at + 1);
    size_t length = 0;
    if (first != 0 && first < 0x80) {
      length = 1;
    } else if (first >= 0xC2 && first <= 0xDF) {
      if (continues(at + 1)) length = 2;
    } else if (first >= 0xE0 && first <= 0xEF) {
      // Neither an overlong form nor a surrogate.
      bool second_fits = first == 0xE0 ? second >= 0xA0 : first == 0xED ? second <= 0x9F : true;
      if (second_fits && continues(at + 1) && continues(at + 2)) length = 3;
    } else if (first >= 0xF0 && first <= 0xF4) {
      bool second_fits = first == 0xF0 ? second >= 0x90 : first == 0xF4 ? second <= 0x8F : true;
      if (second_fits && continues(at + 1) && continues(at + 2) && continues(at + 3)) length = 4;
    }
    if (length == 0) return static_cast<uint32_t>(at);
    at += length;
  }
  return std::nullopt;
}

std::vector<std::string_view> suggest(std::string_view wrong, const std::vector<std::string_view>& candidates) {
  constexpr size_t kMost = 3;
  constexpr size_t kLongest = 256;  // nobody mistypes a longer name; it was never meant
  std::u32string target = folded_code_points(wrong);
  if (target.empty() || target.size() > kLongest) return {};
  size_t limit = std::max<size_t>(target.size(), 3) / 3;
  std::vector<std::pair<size_t, std::string_view>> near;
  for (std::string_view candidate : candidates) {
    if (candidate.empty() || candidate == wrong || candidate.size() > 4 * (kLongest + limit)) continue;
    size_t distance = edit_distance(target, folded_code_points(candidate), limit);
    if (distance <= limit) near.emplace_back(distance, candidate);
  }
  std::sort(near.begin(), near.end());
  near.erase(std::unique(near.begin(), near.end()), near.end());
  if (near.size() > kMost) near.resize(kMost);
  std::vector<std::string_view> result;
  for (const auto& [distance, candidate] : near) result.push_back(candidate);
  return result;
}

}  // namespace pipec
