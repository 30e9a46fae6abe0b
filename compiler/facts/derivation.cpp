#include "facts/derivation.h"

#include <algorithm>

namespace pipec::facts {

std::string_view basis_name(Basis basis) {
  switch (basis) {
    case Basis::Enforced:
      return "enforced";
    case Basis::Guaranteed:
      return "guaranteed";
    case Basis::Proven:
      return "proven";
    case Basis::Declared:
      return "declared";
  }
  return "";
}

std::string_view origin_name(Origin origin) {
  static constexpr std::string_view kNames[] = {"primary_key", "unique",   "not_null", "merge",    "versions",
                                                "written",     "table",    "group_by", "distinct", "aggregate",
                                                "row_number",  "values",   "limit",    "filter",   "expression",
                                                "expect",      "contract", "key",      "assumed"};
  return kNames[static_cast<size_t>(origin)];
}

DerivationId Derivations::leaf(Origin origin, Basis basis, Symbol table, std::span<const Symbol> columns) {
  DerivationId id{static_cast<uint32_t>(steps_.size())};
  steps_.push_back(
      {origin, basis, {}, {}, table, static_cast<uint32_t>(columns_.size()), static_cast<uint32_t>(columns.size())});
  columns_.insert(columns_.end(), columns.begin(), columns.end());
  return id;
}

DerivationId Derivations::both(DerivationId a, DerivationId b) {
  if (!a || a == b) return b;
  if (!b) return a;
  DerivationId id{static_cast<uint32_t>(steps_.size())};
  steps_.push_back({Origin::Expression, std::max(basis(a), basis(b)), a, b, {}, 0, 0});
  return id;
}

std::vector<Leaf> Derivations::leaves(DerivationId root) const {
  std::vector<Leaf> leaves;
  std::vector<bool> seen(steps_.size());
  std::vector<DerivationId> stack{root};
  while (!stack.empty()) {
    DerivationId id = stack.back();
    stack.pop_back();
    if (!id || seen[id.value]) continue;
    seen[id.value] = true;
    const Step& step = steps_[id.value];
    if (step.left) {
      stack.push_back(step.right);
      stack.push_back(step.left);
      continue;
    }
    auto first = columns_.begin() + step.first_column;
    Leaf leaf{step.origin, step.basis, step.table, {first, first + step.column_count}};
    if (std::find(leaves.begin(), leaves.end(), leaf) == leaves.end()) leaves.push_back(std::move(leaf));
  }
  return leaves;
}

}  // namespace pipec::facts
