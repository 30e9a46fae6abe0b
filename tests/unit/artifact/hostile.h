// Text that breaks printers which glue, and random text made of the same pieces.
#pragma once

#include <random>
#include <string>
#include <vector>

inline const std::vector<std::string>& hostile_pieces() {
  static const std::vector<std::string> pieces = {
      "", " ", "a", "\"", "'", "\\", "\n", "\r", "\r\n", "\t", "{{", "}}", "{%", "$", "${x}", "$$", "%", "%s", "%%",
      ":", ": ", "#", " #", "-", "- ", "?", "!", "&a", "*a", "|", ">", "@", "`", ",", "[", "]", "{", "}", "---", "...",
      "yes", "No", "on", "off", "true", "null", "~", "1", "017", "0x1F", "1e3", ".5", "1_000", ".inf", ".nan", "=",
      "<<", "2024-01-01", "12:30:45", std::string(1, '\0'), "\x01", "\x07", "\x1b[31m", "\x7f", "\xC2\x80",
      "\xC2\x85", "\xC2\xA0", "\xE2\x80\xA8", "\xE2\x80\xA9", "\xEF\xBB\xBF", "\xEF\xBF\xBD", "\xEF\xBF\xBF",
      "\xE2\x80\xAE", "Ж", "漢字", "\xF0\x9F\x98\x80", "\xF4\x8F\xBF\xBF", "ß", "İ", "--", "/*", "*/", "</script>",
      "\\n", "\\u0000", "\\x41", "'''", "\"\"\"", "name", "UPPER", ".", "..", "/", "con", "nul.txt", "lpt1"};
  return pieces;
}

inline std::string random_text(std::mt19937& random) {
  std::string text;
  size_t count = random() % 8;
  for (size_t i = 0; i < count; ++i) text += hostile_pieces()[random() % hostile_pieces().size()];
  return text;
}
