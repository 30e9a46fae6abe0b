#include "diagnostics/snippet.h"

#include <algorithm>

#include "base/text.h"

namespace pipec::snippet {
namespace {

constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
constexpr std::string_view kTab = "    ";
constexpr size_t kLongLine = 240;
constexpr size_t kBeforeMark = 80;

bool is_continuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}

// The bytes of the code point at `at`, or 1 where there is none.
size_t code_point_size(std::string_view text, size_t at) {
  size_t size = 1;
  while (size < 4 && at + size < text.size() && is_continuation(text[at + size])) ++size;
  return find_bad_byte(text.substr(at, size)) ? 1 : size;
}

// Control characters and those that change the direction of text: a source could show what it is not.
bool is_safe(std::string_view code_point) {
  auto first = static_cast<unsigned char>(code_point[0]);
  if (code_point.size() == 1) return first >= 0x20 && first < 0x7F;
  if (code_point.size() == 2) return !(first == 0xC2 && static_cast<unsigned char>(code_point[1]) < 0xA0);
  if (code_point.size() == 3) {
    bool direction = (code_point >= "\xE2\x80\xAA" && code_point <= "\xE2\x80\xAE") ||
                     (code_point >= "\xE2\x81\xA6" && code_point <= "\xE2\x81\xA9") || code_point == "\xE2\x80\x8E" ||
                     code_point == "\xE2\x80\x8F";
    bool line_break = code_point == "\xE2\x80\xA8" || code_point == "\xE2\x80\xA9";
    return !direction && !line_break;
  }
  return true;
}

struct Cell {
  std::string_view glyph = " ";
  Style style = Style::None;
};

class Canvas {
 public:
  void put(size_t column, std::string_view glyph, Style style) {
    if (cells_.size() <= column) cells_.resize(column + 1);
    cells_[column] = {glyph, style};
  }
  void write(size_t column, std::string_view text, Style style) {
    for (size_t at = 0; at < text.size();) {
      size_t size = code_point_size(text, at);
      put(column++, text.substr(at, size), style);
      at += size;
    }
  }
  Row row() const {
    Row result;
    for (const Cell& cell : cells_) {
      if (result.empty() || result.back().style != cell.style) result.push_back({cell.style, {}});
      result.back().text += cell.glyph;
    }
    return result;
  }

 private:
  std::vector<Cell> cells_;
};

Style style_of(const Mark& mark) {
  return mark.primary ? Style::Primary : Style::Secondary;
}

void mark_columns(Canvas& canvas, const Mark& mark) {
  for (uint32_t column = mark.begin; column < mark.end; ++column) {
    canvas.put(column, mark.primary ? "^" : "-", style_of(mark));
  }
}

// The marks' columns are ready. The rightmost words stand beside their mark; the others hang below theirs, the
// right ones first, so that no line crosses a word.
std::vector<Row> draw(std::vector<Mark> marks) {
  std::stable_sort(marks.begin(), marks.end(), [](const Mark& a, const Mark& b) { return a.begin < b.begin; });
  Canvas first;
  uint32_t last_column = 0;
  for (const Mark& mark : marks) {
    if (!mark.primary) mark_columns(first, mark);
    last_column = std::max(last_column, mark.end);
  }
  for (const Mark& mark : marks) {
    if (mark.primary) mark_columns(first, mark);
  }
  std::erase_if(marks, [](const Mark& mark) { return mark.text.empty(); });
  size_t hanging = marks.size();
  if (!marks.empty() && (marks.size() == 1 || marks.back().end == last_column)) {
    first.write(last_column + 1, marks.back().text, style_of(marks.back()));
    --hanging;
  }
  std::vector<Row> rows = {first.row()};
  for (size_t left = hanging; left > 0; --left) {
    Canvas connectors, words;
    for (size_t i = 0; i < left; ++i) {
      connectors.put(marks[i].begin, "|", style_of(marks[i]));
      if (i + 1 < left) words.put(marks[i].begin, "|", style_of(marks[i]));
    }
    words.write(marks[left - 1].begin, marks[left - 1].text, style_of(marks[left - 1]));
    if (left == hanging) rows.push_back(connectors.row());
    rows.push_back(words.row());
  }
  return rows;
}

struct Cut {
  size_t begin = 0;
  size_t end = 0;
};

Cut cut(std::string_view line, size_t first_mark) {
  if (line.size() <= kLongLine) return {0, line.size()};
  size_t begin = first_mark > kBeforeMark ? first_mark - kBeforeMark : 0;
  begin = std::min(begin, line.size() - kLongLine);
  while (begin > 0 && is_continuation(line[begin])) --begin;
  size_t end = std::min(begin + kLongLine, line.size());
  while (end < line.size() && is_continuation(line[end])) ++end;
  return {begin, end};
}

}  // namespace

std::string printable(std::string_view text) {
  std::string result;
  for (size_t at = 0; at < text.size();) {
    size_t size = code_point_size(text, at);
    std::string_view code_point = text.substr(at, size);
    result += is_safe(code_point) ? code_point : kReplacement;
    at += size;
  }
  return result;
}

Shown show(std::string_view line, std::vector<Mark> marks) {
  size_t first_mark = line.size();
  for (const Mark& mark : marks) first_mark = std::min<size_t>(first_mark, mark.begin);
  Cut part = cut(line, first_mark);

  Shown shown;
  if (part.begin > 0) shown.line = "...";
  uint32_t column = static_cast<uint32_t>(shown.line.size());
  std::vector<uint32_t> columns(part.end - part.begin + 1, column);  // of each byte of the part shown
  for (size_t at = part.begin; at < part.end;) {
    size_t size = code_point_size(line, at);
    for (size_t i = 0; i < size; ++i) columns[at + i - part.begin] = column;
    std::string_view code_point = line.substr(at, size);
    std::string_view glyph = code_point == "\t" ? kTab : is_safe(code_point) ? code_point : kReplacement;
    shown.line += glyph;
    column += code_point == "\t" ? static_cast<uint32_t>(kTab.size()) : 1;
    at += size;
  }
  columns.back() = column;
  if (part.end < line.size()) shown.line += "...";

  auto column_of = [&](size_t byte) { return columns[std::clamp(byte, part.begin, part.end) - part.begin]; };
  for (Mark& mark : marks) {
    mark.begin = column_of(mark.begin);
    mark.end = std::max(column_of(mark.end), mark.begin + 1);
    mark.text = printable(mark.text);
  }
  shown.below = draw(std::move(marks));
  return shown;
}

}  // namespace pipec::snippet
