#include "sql/expansion_size.h"

#include <algorithm>

#include "sql/functions.h"

namespace pipec::sql {

using namespace ast;

namespace {

uint64_t limited(uint64_t number) {
  return std::min(number, kMostExpanded + 1);
}

void add(ExpansionSize& sum, const ExpansionSize& part, uint64_t times) {
  sum.nodes = limited(sum.nodes + times * part.nodes);
  for (size_t i = 0; i < sum.uses.size(); ++i) sum.uses[i] = limited(sum.uses[i] + times * part.uses[i]);
}

const FunctionInterface* function_of(const Tree& tree, NodeId call, const Catalog& catalog) {
  NodeId name = tree.get<Call>(call).function;
  if (!tree.is<QName>(name)) return nullptr;
  Symbol folded = tree.dotted(name).folded();
  const FunctionInterface* function = find_function(folded.text()) ? nullptr : catalog.function(folded);
  return function && !function->broken ? function : nullptr;
}

/// How often the function writes its argument; a name decides where one is given.
uint64_t uses_of(const FunctionInterface& function, const Tree& tree, NodeId argument, size_t position) {
  size_t at = position;
  if (tree.is<NamedArg>(argument)) {
    for (at = 0; at < function.parameters.size(); ++at) {
      if (function.parameters[at].name.folded() == tree.name(argument).folded()) break;
    }
  }
  return at < function.uses.size() ? function.uses[at] : 1;
}

}  // namespace

ExpansionSize expansion_size(const Tree& tree, NodeId root, const std::vector<Symbol>& parameters,
                             const Catalog& catalog) {
  ExpansionSize size{1, std::vector<uint64_t>(parameters.size())};
  if (!root) return size;
  if (tree.is<ColumnRef>(root)) {
    auto found = std::find(parameters.begin(), parameters.end(), tree.name(tree.children(root)[0]).folded());
    if (found != parameters.end()) size.uses[static_cast<size_t>(found - parameters.begin())] = 1;
    return size;
  }
  const FunctionInterface* function = tree.is<Call>(root) ? function_of(tree, root, catalog) : nullptr;
  if (!function) {
    for (NodeId child : tree.children(root)) {
      if (child) add(size, expansion_size(tree, child, parameters, catalog), 1);
    }
    return size;
  }
  size.nodes = limited(size.nodes + function->expanded);
  std::span<const NodeId> arguments = tree.list(tree.get<Call>(root).arguments);
  for (size_t i = 0; i < arguments.size(); ++i) {
    add(size, expansion_size(tree, arguments[i], parameters, catalog), uses_of(*function, tree, arguments[i], i));
  }
  return size;
}

}  // namespace pipec::sql
