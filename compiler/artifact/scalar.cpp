#include "artifact/scalar.h"

#include <fmt/format.h>

#include <cmath>

#include "base/text.h"

namespace pipec::artifact {

std::string float_text(double number) {
  if (!std::isfinite(number)) return "null";
  std::string text = fmt::format("{}", number);
  if (text.find('.') == std::string::npos) {
    size_t exponent = std::min(text.find('e'), text.size());
    text.insert(exponent, ".0");
  }
  return text;
}

CodePoint next_code_point(std::string_view& rest) {
  auto first = static_cast<unsigned char>(rest[0]);
  size_t size = first < 0x80 ? 1 : first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
  CodePoint result;
  result.bytes = rest.substr(0, size);
  if (size == 1) {
    result.value = first;
  } else if (result.bytes.size() < size || find_bad_byte(result.bytes)) {
    size = 1;
    result = {U'\uFFFD', "\xEF\xBF\xBD"};
  } else {
    result.value = first & (0xFFu >> (size + 1));
    for (size_t i = 1; i < size; ++i) {
      result.value = (result.value << 6) | (static_cast<unsigned char>(result.bytes[i]) & 0x3F);
    }
  }
  rest.remove_prefix(size);
  return result;
}

std::string escaped(char letter, char32_t value, int width) {
  return fmt::format("\\{}{:0{}x}", letter, static_cast<uint32_t>(value), width);
}

}  // namespace pipec::artifact
