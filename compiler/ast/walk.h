// Walks over a part of a tree.
#pragma once

#include <vector>

#include "ast/tree.h"

namespace pipec::ast {

/// The first node at or below `root` for which `matches` holds, or none; the order is the walk's own.
template <typename Matches>
NodeId find_below(const Tree& tree, NodeId root, Matches&& matches) {
  std::vector<NodeId> open{root};
  while (!open.empty()) {
    NodeId id = open.back();
    open.pop_back();
    if (!id) continue;
    if (matches(id)) return id;
    for (NodeId child : tree.children(id)) open.push_back(child);
  }
  return {};
}

/// Each node at or below `root`, in no order that means anything.
template <typename Visit>
void each_below(const Tree& tree, NodeId root, Visit&& visit) {
  find_below(tree, root, [&](NodeId id) {
    visit(id);
    return false;
  });
}

}  // namespace pipec::ast
