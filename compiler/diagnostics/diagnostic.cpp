#include "diagnostics/diagnostic.h"

#include <algorithm>
#include <tuple>

#include "diagnostics/render.h"

namespace pipec {
namespace {

auto order(const Diagnostic& d) {
  return std::make_tuple(d.place.file.text(), d.place.span.begin, d.kind->code, d.place.span.end,
                         std::string_view(d.message), d.place.declaration.text(), d.place.member.text());
}

}  // namespace

bool Sink::has_errors() const {
  return std::any_of(diagnostics_.begin(), diagnostics_.end(),
                     [](const Diagnostic& d) { return d.severity() == Severity::Error; });
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

void sort_diagnostics(std::vector<Diagnostic>& diagnostics) {
  std::stable_sort(diagnostics.begin(), diagnostics.end(),
                   [](const Diagnostic& a, const Diagnostic& b) { return order(a) < order(b); });
  auto same = [](const Diagnostic& a, const Diagnostic& b) { return order(a) == order(b); };
  diagnostics.erase(std::unique(diagnostics.begin(), diagnostics.end(), same), diagnostics.end());
}

}  // namespace pipec
