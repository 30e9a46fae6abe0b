#include "facts/columns.h"

#include <algorithm>

namespace pipec::facts {

ColumnId Columns::root(ColumnId column) const {
  uint32_t at = column.value;
  while (states_[at].parent != at) {
    states_[at].parent = states_[states_[at].parent].parent;
    at = states_[at].parent;
  }
  return {at};
}

void Columns::unite(ColumnId a, ColumnId b) {
  ColumnId first = root(a), second = root(b);
  if (first == second) return;
  if (second.value < first.value) std::swap(first, second);
  State& kept = states_[first.value];
  State& joined = states_[second.value];
  joined.parent = first.value;
  if (!kept.never_null) kept.never_null = joined.never_null;
  kept.constant = kept.constant || joined.constant;
  kept.row_number = kept.row_number || joined.row_number;
}

void Columns::set_never_null(ColumnId column, DerivationId because) {
  State& state = states_[root(column).value];
  if (!state.never_null) state.never_null = because;
}

void Columns::copy(ColumnId from, ColumnId to) {
  const State& source = at(from);
  State& target = states_[root(to).value];
  if (!target.never_null) target.never_null = source.never_null;
  target.constant = target.constant || source.constant;
  target.row_number = target.row_number || source.row_number;
  states_[to.value].fixed_outside |= states_[from.value].fixed_outside;
}

}  // namespace pipec::facts
