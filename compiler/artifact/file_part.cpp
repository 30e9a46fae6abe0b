#include <fmt/format.h>

#include "artifact/artifact_set.h"
#include "base/hash.h"

namespace pipec {
namespace {

constexpr size_t kLongest = 150;  // leaves room for endings below the 255 bytes of common file systems
constexpr size_t kHash = 32;

bool is_plain(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '-' || c == '.';
}

// Windows gives these to devices, whatever ending follows.
bool is_reserved(std::string_view name) {
  std::string_view stem = name.substr(0, name.find('.'));
  if (stem == "con" || stem == "prn" || stem == "aux" || stem == "nul") return true;
  return stem.size() == 4 && (stem.starts_with("com") || stem.starts_with("lpt")) && stem[3] >= '0' && stem[3] <= '9';
}

std::string lowered(std::string_view name) {
  std::string lower(name);
  for (char& c : lower) {
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
  }
  return lower;
}

/// Where a name has capitals: a bit a letter, four a digit, the first letter's the lowest of the first digit.
std::string capitals(std::string_view name, std::string_view lower) {
  std::string digits;
  for (size_t i = 0; i < name.size(); ++i) {
    if (name[i] == lower[i]) continue;
    digits.resize(i / 4 + 1, '0');
    const char old = digits[i / 4];
    const int bits = (old <= '9' ? old - '0' : old - 'a' + 10) | 1 << i % 4;
    digits[i / 4] = "0123456789abcdef"[bits];
  }
  return digits;
}

}  // namespace

std::string file_part(std::string_view name) {
  const std::string lower = lowered(name);
  bool reserved = is_reserved(lower);
  std::string result;
  for (size_t i = 0; i < lower.size(); ++i) {
    bool first = i == 0, last = i + 1 == lower.size();
    // A dot at the begin hides a file, one at the end is dropped by Windows.
    bool escape = !is_plain(lower[i]) || (lower[i] == '.' && (first || last)) || (first && reserved);
    if (escape) {
      result += fmt::format("%{:02x}", static_cast<unsigned char>(lower[i]));
    } else {
      result += lower[i];
    }
  }
  // "%_" and "%-" are no escapes, so these forms are given to no other name.
  if (const std::string where = capitals(name, lower); !where.empty()) result += "%_" + where;
  if (result.empty()) return "%-";
  if (result.size() > kLongest) {
    result.resize(kLongest - kHash - 2);
    if (size_t escape = result.rfind('%'); escape != std::string::npos && escape + 3 > result.size()) {
      result.resize(escape);
    }
    result += "%-" + sha256_hex(name).substr(0, kHash);
  }
  return result;
}

}  // namespace pipec
