// What the printers of all kinds of documents share: numbers and walking over code points.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pipec::artifact {

/// The shortest decimal that reads back as the same double, with a point in it, so that every reader (YAML 1.1 too)
/// takes it for a float; "null" for what is no number.
std::string float_text(double number);

struct CodePoint {
  char32_t value = 0;
  std::string_view bytes;
};

/// The next code point, removed from `rest`, which is not empty. A byte that is no UTF-8 gives U+FFFD.
CodePoint next_code_point(std::string_view& rest);

/// "\u001f": `width` hexadecimal digits after a backslash and `letter`.
std::string escaped(char letter, char32_t value, int width);

}  // namespace pipec::artifact
