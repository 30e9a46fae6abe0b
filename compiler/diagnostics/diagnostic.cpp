#include "diagnostics/diagnostic.h"

#include <algorithm>

namespace pipec {

bool Sink::has_errors() const {
  return std::any_of(diagnostics_.begin(), diagnostics_.end(),
                     [](const Diagnostic& d) { return d.kind->severity == Severity::Error; });
}

std::string did_you_mean(std::string_view wrong, const std::vector<std::string_view>& candidates) {
  std::vector<std::string_view> near = suggest(wrong, candidates);
  if (near.empty()) return {};
  std::string result = "did you mean ";
  for (size_t i = 0; i < near.size(); ++i) {
    if (i > 0) result += i + 1 < near.size() ? ", " : " or ";
    result += '`';
    result += near[i];
    result += '`';
  }
  return result += '?';
}

}  // namespace pipec
