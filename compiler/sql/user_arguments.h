// Arguments of a call of a project's function, by position and by name.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "diagnostics/diagnostic.h"
#include "sql/catalog.h"

namespace pipec::sql {

inline constexpr size_t kNoArgument = SIZE_MAX;

struct ArgumentFault {
  const DiagnosticKind* kind;
  size_t argument;  // kNoArgument: the call as a whole
  std::string message, help;
};

/// `names`: of each argument as given, empty for a plain one. Fills for each parameter the argument that it gets, or
/// kNoArgument where its default holds.
std::optional<ArgumentFault> match_arguments(const FunctionInterface& function, std::span<const std::string_view> names,
                                             std::vector<size_t>& argument_of);

}  // namespace pipec::sql
