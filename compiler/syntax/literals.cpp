#include "syntax/literals.h"

#include <cstdint>

namespace pipec::syntax {
namespace {

void append_utf8(std::string& out, uint32_t code) {
  if (code < 0x80) {
    out += static_cast<char>(code);
  } else if (code < 0x800) {
    out += static_cast<char>(0xC0 | (code >> 6));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else if (code < 0x10000) {
    out += static_cast<char>(0xE0 | (code >> 12));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (code >> 18));
    out += static_cast<char>(0x80 | ((code >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((code >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (code & 0x3F));
  }
}

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// \uXXXX or \UXXXXXXXX at `at` (the letter). Returns the characters read, or 0 if it is none.
size_t unicode_escape(std::string_view text, size_t at, uint32_t& code) {
  size_t digits = text[at] == 'u' ? 4 : 8;
  if (at + digits >= text.size()) return 0;
  code = 0;
  for (size_t i = 1; i <= digits; ++i) {
    int digit = hex_digit(text[at + i]);
    if (digit < 0) return 0;
    code = code * 16 + static_cast<uint32_t>(digit);
  }
  bool valid = code <= 0x10FFFF && code != 0;
  return valid ? digits + 1 : 0;
}

size_t octal_escape(std::string_view text, size_t at, uint32_t& code) {
  if (at + 2 >= text.size() || text[at] < '0' || text[at] > '1') return 0;
  code = 0;
  for (size_t i = 0; i < 3; ++i) {
    if (text[at + i] < '0' || text[at + i] > '7') return 0;
    code = code * 8 + static_cast<uint32_t>(text[at + i] - '0');
  }
  return 3;
}

std::string unescape(std::string_view text, char quote) {
  std::string out;
  out.reserve(text.size());
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == quote && i + 1 < text.size() && text[i + 1] == quote) ++i;
    if (c != '\\' || i + 1 >= text.size()) {
      out += c;
      continue;
    }
    uint32_t code = 0;
    char next = text[++i];
    if (next == 'u' || next == 'U') {
      if (size_t read = unicode_escape(text, i, code)) {
        // A pair of surrogates is one character.
        uint32_t low = 0;
        if (code >= 0xD800 && code < 0xDC00 && i + read + 1 < text.size() && text[i + read] == '\\' &&
            text[i + read + 1] == 'u') {
          size_t more = unicode_escape(text, i + read + 1, low);
          if (more != 0 && low >= 0xDC00 && low < 0xE000) {
            code = 0x10000 + ((code - 0xD800) << 10) + (low - 0xDC00);
            read += 1 + more;
          }
        }
        append_utf8(out, code >= 0xD800 && code < 0xE000 ? 0xFFFD : code);
        i += read - 1;
        continue;
      }
    } else if (size_t read = octal_escape(text, i, code)) {
      append_utf8(out, code);
      i += read - 1;
      continue;
    }
    switch (next) {
      case '0':
        out += '\0';
        break;
      case 'b':
        out += '\b';
        break;
      case 'n':
        out += '\n';
        break;
      case 'r':
        out += '\r';
        break;
      case 't':
        out += '\t';
        break;
      case 'Z':
        out += '\x1A';
        break;
      case '%':
      case '_':
        out += '\\';
        out += next;
        break;  // kept for LIKE
      default:
        out += next;
    }
  }
  return out;
}

}  // namespace

std::string decode_string(std::string_view token) {
  bool raw = !token.empty() && (token[0] == 'r' || token[0] == 'R');
  if (raw) token.remove_prefix(1);
  if (token.empty()) return {};
  char quote = token[0];
  token.remove_prefix(1);
  if (!token.empty() && token.back() == quote) token.remove_suffix(1);
  return raw ? std::string(token) : unescape(token, quote);
}

std::string decode_backticks(std::string_view token) {
  if (!token.empty()) token.remove_prefix(1);
  if (!token.empty() && token.back() == '`') token.remove_suffix(1);
  std::string out;
  out.reserve(token.size());
  for (size_t i = 0; i < token.size(); ++i) {
    out += token[i];
    if (token[i] == '`' && i + 1 < token.size() && token[i + 1] == '`') ++i;
  }
  return out;
}

}  // namespace pipec::syntax
