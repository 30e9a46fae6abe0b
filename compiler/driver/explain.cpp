#include <fmt/format.h>

#include "diagnostics/registry.h"
#include "driver/commands.h"

namespace pipec::driver {

CommandResult run_explain(const std::string& code) {
  const DiagnosticKind* kind = find_diagnostic_kind(code);
  if (!kind) {
    std::vector<std::string_view> codes;
    for (const DiagnosticKind& known : all_diagnostic_kinds()) codes.push_back(known.code);
    std::string hint = did_you_mean(code, codes);
    return {64, {}, fmt::format("there is no diagnostic `{}`{}{}\n", code, hint.empty() ? "" : ": ", hint)};
  }
  return {0, std::string(diagnostic_page(kind->code)), {}};
}

}  // namespace pipec::driver
