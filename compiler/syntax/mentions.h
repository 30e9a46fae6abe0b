#pragma once

#include <vector>

#include "ast/tree.h"

namespace pipec::syntax {

/// The names that a declaration refers to and calls, folded, sorted, each once.
void collect_mentions(const ast::Tree& tree, std::vector<Symbol>& mentions, std::vector<Symbol>& calls);

}  // namespace pipec::syntax
