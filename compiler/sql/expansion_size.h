// How long a call of a project's functions is once the printer has expanded it. Functions that call each other twice,
// and arguments that are used twice, double at each step: what would be absurdly long is refused.
#pragma once

#include <cstdint>
#include <vector>

#include "ast/tree.h"
#include "sql/catalog.h"

namespace pipec::sql {

inline constexpr uint64_t kMostExpanded = 100'000;  // nodes

inline constexpr uint32_t kDeepestExpansion = 40;  // functions inside each other

struct ExpansionSize {
  uint64_t nodes = 0;          // never above kMostExpanded + 1
  std::vector<uint64_t> uses;  // of each parameter, likewise
};

/// Of an expression whose names may be the parameters (folded).
ExpansionSize expansion_size(const ast::Tree& tree, ast::NodeId root, const std::vector<Symbol>& parameters,
                             const Catalog& catalog);

}  // namespace pipec::sql
