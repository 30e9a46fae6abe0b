// What is known of the columns of one body, each by its id. A column keeps its id through filters, and so what is
// learned at a filter holds in all that stands above it; where rows stop being the same, the binder makes new ids.
#pragma once

#include "facts/derivation.h"
#include "sql/ir.h"

namespace pipec::facts {

using sql::ColumnId;

class Columns {
 public:
  explicit Columns(size_t count) : states_(count) {
    for (uint32_t i = 0; i < count; ++i) states_[i].parent = i;
  }

  /// Stands for all columns that are equal to this one in each row (or all NULL).
  ColumnId root(ColumnId column) const;
  void unite(ColumnId a, ColumnId b);

  DerivationId never_null(ColumnId column) const { return at(column).never_null; }
  bool constant(ColumnId column) const { return at(column).constant; }
  bool row_number(ColumnId column) const { return at(column).row_number; }
  bool fixed_outside(ColumnId column) const { return states_[column.value].fixed_outside; }

  void set_never_null(ColumnId column, DerivationId because);
  void set_constant(ColumnId column) { states_[root(column).value].constant = true; }
  void set_row_number(ColumnId column) { states_[root(column).value].row_number = true; }
  void set_fixed_outside(ColumnId column) { states_[column.value].fixed_outside = true; }
  /// `to` holds in each of its rows what `from` held in the row that it was made of. They are not united: a query that is
  /// read twice has one `from` for two different rows.
  void copy(ColumnId from, ColumnId to);

 private:
  struct State {
    uint32_t parent = 0;
    DerivationId never_null;
    bool constant = false;       // one value in all rows
    bool row_number = false;     // row_number() of a window
    bool fixed_outside = false;  // equal to a column of the query around it
  };
  const State& at(ColumnId column) const { return states_[root(column).value]; }
  mutable std::vector<State> states_;
};

/// Roots of columns -> columns, emptied in no time.
class RootMap {
 public:
  explicit RootMap(size_t count) : entries_(count) {}
  void clear() { ++stamp_; }
  ColumnId find(ColumnId root) const {
    const Entry& entry = entries_[root.value];
    return entry.stamp == stamp_ ? entry.column : ColumnId{};
  }
  /// The first one stays; gives the one that is there.
  ColumnId put(ColumnId root, ColumnId column) {
    Entry& entry = entries_[root.value];
    if (entry.stamp != stamp_) entry = {stamp_, column};
    return entry.column;
  }

 private:
  struct Entry {
    uint32_t stamp = 0;
    ColumnId column;
  };
  std::vector<Entry> entries_;
  uint32_t stamp_ = 1;
};

}  // namespace pipec::facts
