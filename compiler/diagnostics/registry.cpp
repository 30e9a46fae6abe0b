#include "diagnostics/registry.h"

#include <algorithm>
#include <string>
#include <vector>

#include "diagnostics/pages.h"

namespace pipec {
namespace {

std::vector<DiagnosticKind> sorted_kinds() {
#define PIPEC_DIAGNOSTIC(name, code, severity, title) {code, Severity::severity, title},
  std::vector<DiagnosticKind> kinds = {
#include "all_kinds.inc"
  };
#undef PIPEC_DIAGNOSTIC
  std::sort(kinds.begin(), kinds.end(), [](const auto& a, const auto& b) { return a.code < b.code; });
  return kinds;
}

std::string upper(std::string_view code) {
  std::string result(code);
  for (char& c : result) {
    if (c >= 'a' && c <= 'z') c -= 'a' - 'A';
  }
  return result;
}

}  // namespace

std::span<const DiagnosticKind> all_diagnostic_kinds() {
  static const std::vector<DiagnosticKind> kinds = sorted_kinds();
  return kinds;
}

const DiagnosticKind* find_diagnostic_kind(std::string_view code) {
  std::string wanted = upper(code);
  for (const DiagnosticKind& kind : all_diagnostic_kinds()) {
    if (kind.code == wanted) return &kind;
  }
  return nullptr;
}

std::string_view diagnostic_page(std::string_view code) {
  std::string wanted = upper(code);
  for (const DiagnosticPage& page : diagnostic_pages()) {
    if (page.code == wanted) return page.markdown;
  }
  return {};
}

}  // namespace pipec
