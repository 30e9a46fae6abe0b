// All kinds of all folders, and their pages (docs/diagnostics/PIPE0301.md, embedded at build time).
#pragma once

#include <span>
#include <string_view>

#include "diagnostics/diagnostic.h"

namespace pipec {

/// Sorted by code.
std::span<const DiagnosticKind> all_diagnostic_kinds();
/// nullptr for a code that does not exist. Case of the letters is ignored.
const DiagnosticKind* find_diagnostic_kind(std::string_view code);
/// The page's Markdown; empty if there is none.
std::string_view diagnostic_page(std::string_view code);

}  // namespace pipec
