// Source text: byte spans, lines, the guards that run before any parser.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace pipec {

/// Half-open range of byte offsets. Inside a declaration it is relative to the declaration's first byte.
struct Span {
  uint32_t begin = 0;
  uint32_t end = 0;
  bool empty() const { return begin == end; }
  friend bool operator==(Span, Span) = default;
};

/// Line and column, both from 1; the column counts Unicode code points.
struct Position {
  uint32_t line = 1;
  uint32_t column = 1;
};

/// Where the lines of a text begin. Accepts LF and CRLF.
class LineIndex {
 public:
  explicit LineIndex(std::string_view text);
  Position position(uint32_t offset) const;
  /// The line's text without its end of line; `line` from 1.
  std::string_view line(uint32_t line) const;
  uint32_t line_begin(uint32_t line) const;
  uint32_t line_count() const { return static_cast<uint32_t>(starts_.size()); }

 private:
  std::string_view text_;
  std::vector<uint32_t> starts_;
};

/// The offset of the first byte that is no well-formed UTF-8 (RFC 3629), or of a NUL byte.
std::optional<uint32_t> find_bad_byte(std::string_view text);

/// Suggestions: the candidates nearest to `wrong` by edit distance (case ignored, a third of the length at
/// most, three at most), best first, ties by text.
std::vector<std::string_view> suggest(std::string_view wrong, const std::vector<std::string_view>& candidates);

}  // namespace pipec
