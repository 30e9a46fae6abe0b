#include "driver/line_diff.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <vector>

namespace pipec::driver {
namespace {

using Lines = std::vector<std::string_view>;

constexpr size_t kContext = 3;
constexpr size_t kMostCells = 16'000'000;  // above it a changed middle is shown as replaced whole

struct Line {
  char mark;  // ' ', '-', '+'
  std::string_view text;
};

Lines split(std::string_view text) {
  Lines lines;
  while (!text.empty()) {
    size_t end = text.find('\n');
    end = end == std::string_view::npos ? text.size() : end + 1;
    lines.push_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return lines;
}

/// The longest common subsequence of two middles, by the table of its lengths.
void compare_middles(std::span<const std::string_view> a, std::span<const std::string_view> b, std::vector<Line>& out) {
  size_t width = b.size() + 1;
  std::vector<uint32_t> longest;
  if ((a.size() + 1) * width <= kMostCells) longest.resize((a.size() + 1) * width);
  if (!longest.empty()) {
    for (size_t i = a.size(); i-- > 0;) {
      for (size_t j = b.size(); j-- > 0;) {
        longest[i * width + j] = a[i] == b[j] ? longest[(i + 1) * width + j + 1] + 1
                                              : std::max(longest[(i + 1) * width + j], longest[i * width + j + 1]);
      }
    }
  }
  size_t i = 0, j = 0;
  while (i < a.size() || j < b.size()) {
    if (!longest.empty() && i < a.size() && j < b.size() && a[i] == b[j]) {
      out.push_back({' ', a[i++]});
      ++j;
    } else if (i < a.size() &&
               (longest.empty() || j == b.size() || longest[(i + 1) * width + j] >= longest[i * width + j + 1])) {
      out.push_back({'-', a[i++]});
    } else {
      out.push_back({'+', b[j++]});
    }
  }
}

std::vector<Line> compare(const Lines& a, const Lines& b) {
  size_t head = 0, tail = 0, least = std::min(a.size(), b.size());
  while (head < least && a[head] == b[head]) ++head;
  while (tail < least - head && a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) ++tail;
  std::vector<Line> out;
  for (size_t i = 0; i < head; ++i) out.push_back({' ', a[i]});
  compare_middles(std::span(a).subspan(head, a.size() - head - tail),
                  std::span(b).subspan(head, b.size() - head - tail), out);
  for (size_t i = a.size() - tail; i < a.size(); ++i) out.push_back({' ', a[i]});
  return out;
}

std::string range(size_t first, size_t count) {
  if (count == 1) return std::to_string(first + 1);
  return fmt::format("{},{}", count == 0 ? first : first + 1, count);
}

}  // namespace

std::string unified_diff(std::string_view path, std::string_view before, std::string_view after) {
  if (before == after) return {};
  std::vector<Line> lines = compare(split(before), split(after));
  std::string out = fmt::format("--- {}\n+++ {}\n", path, path);
  size_t old_line = 0, new_line = 0, at = 0;
  auto changed = [&](size_t i) { return lines[i].mark != ' '; };
  auto pass = [&](size_t i) {
    old_line += lines[i].mark != '+';
    new_line += lines[i].mark != '-';
  };
  while (at < lines.size()) {
    size_t first = at;
    while (first < lines.size() && !changed(first)) ++first;
    if (first == lines.size()) break;
    size_t begin = std::max(at, first - std::min(first, kContext)), end = first, quiet = 0;
    for (size_t i = first; i < lines.size() && quiet <= 2 * kContext; ++i) {
      quiet = changed(i) ? 0 : quiet + 1;
      if (quiet == 0) end = i + 1;
    }
    end = std::min(end + kContext, lines.size());
    for (; at < begin; ++at) pass(at);
    size_t old_first = old_line, new_first = new_line;
    std::string body;
    for (; at < end; ++at) {
      pass(at);
      body.append(1, lines[at].mark).append(lines[at].text);
      if (!lines[at].text.ends_with('\n')) body += "\n\\ No newline at end of file\n";
    }
    out += fmt::format("@@ -{} +{} @@\n{}", range(old_first, old_line - old_first),
                       range(new_first, new_line - new_first), body);
  }
  return out;
}

}  // namespace pipec::driver
