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

}  // namespace

std::string file_part(std::string_view name) {
  bool reserved = is_reserved(name);
  std::string result;
  for (size_t i = 0; i < name.size(); ++i) {
    bool first = i == 0, last = i + 1 == name.size();
    // A dot at the begin hides a file, one at the end is dropped by Windows.
    bool escape = !is_plain(name[i]) || (name[i] == '.' && (first || last)) || (first && reserved);
    if (escape) {
      result += fmt::format("%{:02x}", static_cast<unsigned char>(name[i]));
    } else {
      result += name[i];
    }
  }
  // "%-" is no escape, so these two forms are given to no other name.
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
