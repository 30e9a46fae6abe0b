// One source line as a terminal can show it, and the marks and words under it.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pipec::snippet {

enum class Style : uint8_t { None, Primary, Secondary };

/// A piece of text in one style.
struct Run {
  Style style = Style::None;
  std::string text;
};
using Row = std::vector<Run>;

/// Bytes of a line to be marked; `text` stands beside the mark.
struct Mark {
  uint32_t begin = 0;
  uint32_t end = 0;
  bool primary = false;
  std::string text;
};

struct Shown {
  std::string line;
  std::vector<Row> below;
};

/// Tabs become four spaces, what a terminal would obey or hide becomes U+FFFD, a very long line is cut around its
/// first mark. One column a code point. An empty mark is one column wide.
Shown show(std::string_view line, std::vector<Mark> marks);

/// The same cleaning for text of one line that quotes a source: names, paths.
std::string printable(std::string_view text);

}  // namespace pipec::snippet
