// One pass over the relations of a body, each after those that it reads. Inside of facts/facts.h: the pass itself
// (walk.cpp), what conditions say (conditions.cpp), joins (joins.cpp), expressions that are never NULL (never_null.cpp).
#pragma once

#include "facts/columns.h"
#include "facts/facts.h"

namespace pipec::facts {

using sql::Expr;
using sql::ExprId;
using sql::ExprKind;
using sql::Rel;
using sql::RelId;
using sql::RelKind;

struct Key {
  std::vector<ColumnId> columns;  // roots, ascending
  DerivationId because;
};

/// A history's versions, by columns of this body.
struct Period {
  std::vector<ColumnId> key;
  ColumnId from, to, current;
  bool only_current = false;
};

struct RelationFacts {
  std::vector<Key> keys;
  std::vector<Period> periods;
};

enum class Side : uint8_t { Left, Right };

class Walk {
 public:
  explicit Walk(const Request& request);
  void run();
  TableFacts take();

  // ---- for fan_out.cpp
  const RelationFacts& of(RelId id) const { return relations_[id.value]; }
  /// A row of the other side meets one row of this side at most. `grouped`: columns that are the same for all rows that
  /// are asked about.
  bool many_to_one(RelId join, Side side, std::span<const ColumnId> grouped);
  bool is_assumed(RelId join, Side side, bool any) const;
  /// What the author calls a side of a join; empty: nothing.
  Symbol name_of(RelId join, Side side) const;
  ast::NodeId node_of(RelId join, Side side) const;
  ExprId uncast(ExprId id) const;
  const sql::Ir& ir() const { return ir_; }
  const Request& request() const { return request_; }
  bool poisoned() const { return poisoned_; }

 private:
  // ---- walk.cpp
  void visit(RelId id);
  void scan(RelId id);
  void project(RelId id);
  void aggregate(RelId id);
  void window(RelId id);
  void values(RelId id);
  void set_operation(RelId id);
  void filter(RelId id);
  void limit(RelId id);
  void distinct(RelId id);
  void rename(const Rel& rel, std::span<const ExprId> exprs);
  void map_periods(const RelationFacts& from, RelationFacts& to);
  bool map_key(const Key& key, std::vector<ColumnId>& columns) const;
  void add_key(RelationFacts& facts, std::vector<ColumnId> columns, DerivationId because);
  void reduce(RelationFacts& facts);
  DerivationId proven(Origin origin);

  // ---- conditions.cpp
  struct Equality {
    ExprId left, right;
    bool null_safe = false;
  };
  std::vector<ExprId> conjuncts(ExprId condition) const;
  std::optional<Equality> equality(ExprId id) const;
  void hold(ExprId condition);
  void hold_comparison(ExprId condition);
  void hold_row_number(ExprId condition);
  void hold_equality(const Equality& equal);
  void hold_value(ExprId value, bool constant);
  void hold_periods(RelationFacts& facts, std::span<const ExprId> conditions) const;
  bool says_current(const Period& period, ExprId condition) const;
  ColumnId column_of(ExprId id) const;
  std::optional<int64_t> integer_of(ExprId id) const;

  // ---- joins.cpp
  void join(RelId id);
  void join_again(RelId filter);
  std::vector<ExprId> conditions_of(RelId join) const;
  /// Fills `pins_`: columns of a side that are the same in all its rows that meet one row of the other side. True: all
  /// are, because the author says so.
  bool pin(RelId join, Side side, std::span<const ColumnId> grouped);
  void pin_by_conditions(RelId join, Side side, std::span<const ExprId> conditions);
  void pin_versions(RelId join, Side side, std::span<const ExprId> conditions);
  bool within(const Period& period, Side side, std::span<const ExprId> conditions);
  ExprId upper_bound(const Period& period, ExprId condition) const;
  ExprId lower_bound(const Period& period, ExprId condition) const;
  bool is_column(ExprId id, ColumnId column) const;
  bool same(ExprId a, ExprId b) const;
  bool pinned(ColumnId root) const { return columns_.constant(root) || pins_.find(root); }
  bool all_pinned(const Key& key) const;
  bool fixed_by_other(ExprId id, Side side);
  void mark_sides(RelId join);
  bool on_side(ColumnId column, Side side) const;
  void combine(RelId join, Side first, bool other_is_one, RelationFacts& facts);
  void combine_full(RelId join, RelationFacts& facts);
  void map_nullable(RelId join, Side side);

  // ---- never_null.cpp
  DerivationId never_null(ExprId id);
  DerivationId never_null(ExprId id, int& budget);
  DerivationId never_null_call(ExprId id, int& budget);
  DerivationId never_null_columns(ExprId id, int& budget);
  DerivationId all_never_null(std::span<const ExprId> ids, int& budget);

  const Request& request_;
  const sql::Ir& ir_;
  TableFacts result_;
  Columns columns_;
  std::vector<RelationFacts> relations_;
  std::vector<RelId> filter_above_;  // of a join: the filter that its rows pass through next
  RootMap map_, pins_, left_, right_;
  DerivationId by_expression_, by_filter_;
  bool poisoned_ = false;
};

bool is_inner(const Rel& join);
bool keeps_left_only(const Rel& join);

/// Joins below an aggregate that multiply what it adds up.
void check_fan_out(Walk& walk, RelId aggregate, std::vector<RelId>& reported);

}  // namespace pipec::facts
