// Joins: which side meets one row of the other at most, and what is unique in the rows that come out.
#include "facts/walk.h"

#include <algorithm>

namespace pipec::facts {

using ast::BinaryOp;
using ast::JoinKind;

namespace {

constexpr int kBudget = 64;

JoinKind kind_of(const Rel& join) {
  return static_cast<JoinKind>(join.op);
}

Side other(Side side) {
  return side == Side::Left ? Side::Right : Side::Left;
}

RelId input(const Rel& join, Side side) {
  return join.inputs[side == Side::Left ? 0 : 1];
}

}  // namespace

bool is_inner(const Rel& join) {
  JoinKind kind = kind_of(join);
  return kind == JoinKind::Inner || kind == JoinKind::Cross || kind == JoinKind::Comma;
}

bool keeps_left_only(const Rel& join) {
  JoinKind kind = kind_of(join);
  return kind == JoinKind::LeftSemi || kind == JoinKind::Semi || kind == JoinKind::LeftAnti || kind == JoinKind::Anti;
}

/// A condition of WHERE holds in the joins below it too.
std::vector<ExprId> Walk::conditions_of(RelId join) const {
  const Rel& rel = ir_[join];
  std::vector<ExprId> conditions = conjuncts(rel.exprs.empty() ? ExprId{} : rel.exprs[0]);
  if (RelId filter = filter_above_[join.value]; filter && is_inner(rel)) {
    std::vector<ExprId> more = conjuncts(ir_[filter].exprs[0]);
    conditions.insert(conditions.end(), more.begin(), more.end());
  }
  return conditions;
}

// ---- which columns of a side are fixed by a row of the other

void Walk::mark_sides(RelId join) {
  const Rel& rel = ir_[join];
  left_.clear(), right_.clear();
  for (ColumnId column : ir_[rel.inputs[0]].outputs) left_.put(column, column);
  for (ColumnId column : ir_[rel.inputs[1]].outputs) right_.put(column, column);
}

bool Walk::on_side(ColumnId column, Side side) const {
  return column && bool((side == Side::Left ? left_ : right_).find(column));
}

bool Walk::fixed_by_other(ExprId id, Side side) {
  int budget = kBudget;
  std::vector<ExprId> stack{id};
  while (!stack.empty()) {
    ExprId at = stack.back();
    stack.pop_back();
    const Expr& expr = ir_[at];
    if (--budget < 0 || expr.query || expr.kind == ExprKind::Error) return false;
    if (expr.kind == ExprKind::Column && !on_side(expr.column, other(side))) return false;
    if (expr.kind == ExprKind::Call && !expr.function) return false;  // its body is not known here
    if (expr.function && expr.function->determinism == sql::Determinism::Nondeterministic) return false;
    std::span<const ExprId> children = ir_.children(at);
    stack.insert(stack.end(), children.begin(), children.end());
  }
  return true;
}

void Walk::pin_by_conditions(RelId join, Side side, std::span<const ExprId> conditions) {
  (void)join;
  auto pin_column = [&](ColumnId column) {
    if (on_side(column, side)) pins_.put(columns_.root(column), column);
  };
  for (ExprId condition : conditions) {
    if (std::optional<Equality> equal = equality(condition)) {
      ExprId sides[2] = {equal->left, equal->right};
      for (int i = 0; i < 2; ++i) {
        ColumnId column = column_of(sides[i]);
        if (on_side(column, side) && fixed_by_other(sides[1 - i], side)) pin_column(column);
      }
      continue;
    }
    const Expr& expr = ir_[condition];
    bool negation = expr.kind == ExprKind::Unary && static_cast<ast::UnaryOp>(expr.op) == ast::UnaryOp::Not;
    bool is_null = expr.kind == ExprKind::Is && !expr.negated && static_cast<ast::IsOp>(expr.op) == ast::IsOp::Null;
    if (expr.kind == ExprKind::Column) pin_column(expr.column);
    if (negation || is_null) pin_column(column_of(ir_.children(condition)[0]));
  }
}

bool Walk::is_column(ExprId id, ColumnId column) const {
  ColumnId found = column_of(id);
  return found && column && columns_.root(found) == columns_.root(column);
}

bool Walk::same(ExprId a, ExprId b) const {
  while (ir_[a].kind == ExprKind::Cast && ir_[b].kind == ExprKind::Cast && ir_[a].type == ir_[b].type) {
    a = ir_.children(a)[0], b = ir_.children(b)[0];
  }
  ColumnId left = column_of(a), right = column_of(b);
  return a == b || (left && right && columns_.root(left) == columns_.root(right));
}

/// The x of `x >= valid_from`, however turned; none if the condition is another one.
ExprId Walk::lower_bound(const Period& period, ExprId condition) const {
  const Expr& expr = ir_[condition];
  if (expr.kind != ExprKind::Binary) return {};
  std::span<const ExprId> sides = ir_.children(condition);
  auto op = static_cast<BinaryOp>(expr.op);
  if ((op == BinaryOp::GtEq || op == BinaryOp::Gt) && is_column(sides[1], period.from)) return sides[0];
  if ((op == BinaryOp::LtEq || op == BinaryOp::Lt) && is_column(sides[0], period.from)) return sides[1];
  return {};
}

/// The x of `x < valid_to`, `x < coalesce(valid_to, ...)` or `valid_to is null or x < valid_to`.
ExprId Walk::upper_bound(const Period& period, ExprId condition) const {
  const Expr& expr = ir_[condition];
  if (expr.kind != ExprKind::Binary) return {};
  std::span<const ExprId> sides = ir_.children(condition);
  auto op = static_cast<BinaryOp>(expr.op);
  if (op == BinaryOp::Or) {
    for (int i = 0; i < 2; ++i) {
      const Expr& open = ir_[sides[i]];
      bool is_null = open.kind == ExprKind::Is && !open.negated && static_cast<ast::IsOp>(open.op) == ast::IsOp::Null;
      bool below =
          ir_[sides[1 - i]].kind == ExprKind::Binary && static_cast<BinaryOp>(ir_[sides[1 - i]].op) != BinaryOp::Or;
      if (is_null && below && is_column(ir_.children(sides[i])[0], period.to)) {
        return upper_bound(period, sides[1 - i]);
      }
    }
    return {};
  }
  auto is_end = [&](ExprId id) {
    const Expr& end = ir_[id];
    if (end.kind == ExprKind::Call && end.function && end.function->name == "coalesce") id = ir_.children(id)[0];
    return is_column(id, period.to);
  };
  if (op == BinaryOp::Lt && is_end(sides[1])) return sides[0];
  if (op == BinaryOp::Gt && is_end(sides[0])) return sides[1];
  return {};
}

/// One moment of the other side lies in one version at most.
bool Walk::within(const Period& period, Side side, std::span<const ExprId> conditions) {
  for (ExprId low : conditions) {
    ExprId moment = lower_bound(period, low);
    if (!moment || !fixed_by_other(moment, side)) continue;
    for (ExprId high : conditions) {
      ExprId end = upper_bound(period, high);
      if (end && same(moment, end)) return true;
    }
  }
  return false;
}

void Walk::pin_versions(RelId join, Side side, std::span<const ExprId> conditions) {
  for (const Period& period : relations_[input(ir_[join], side).value].periods) {
    auto fixed = [&](ColumnId column) { return pinned(columns_.root(column)); };
    if (!std::all_of(period.key.begin(), period.key.end(), fixed)) continue;
    auto current = [&](ExprId condition) { return says_current(period, condition); };
    bool one = period.only_current || std::any_of(conditions.begin(), conditions.end(), current);
    if (one || within(period, side, conditions)) pins_.put(columns_.root(period.from), period.from);
  }
}

bool Walk::pin(RelId join, Side side, std::span<const ColumnId> grouped) {
  const Rel& rel = ir_[join];
  pins_.clear();
  if (is_assumed(join, side, false)) return true;
  const RelationFacts& facts = relations_[input(rel, side).value];
  if (facts.keys.empty()) return false;
  mark_sides(join);
  for (ColumnId column : grouped) pins_.put(columns_.root(column), column);
  std::vector<ExprId> conditions = conditions_of(join);
  pin_by_conditions(join, side, conditions);
  if (is_inner(rel)) {
    map_.clear();
    for (ColumnId column : ir_[input(rel, other(side))].outputs) map_.put(columns_.root(column), column);
    for (const Key& key : facts.keys) {
      for (ColumnId column : key.columns) {
        ColumnId root = columns_.root(column);
        if (map_.find(root)) pins_.put(root, column);
      }
    }
  }
  if (rel.lateral && side == Side::Right) {
    for (ColumnId column : ir_[rel.inputs[1]].outputs) {
      if (columns_.fixed_outside(column)) pins_.put(columns_.root(column), column);
    }
  }
  pin_versions(join, side, conditions);
  return false;
}

bool Walk::all_pinned(const Key& key) const {
  return std::all_of(key.columns.begin(), key.columns.end(),
                     [&](ColumnId column) { return pinned(columns_.root(column)); });
}

bool Walk::many_to_one(RelId join, Side side, std::span<const ColumnId> grouped) {
  if (pin(join, side, grouped)) return true;
  const std::vector<Key>& keys = relations_[input(ir_[join], side).value].keys;
  return std::any_of(keys.begin(), keys.end(), [&](const Key& key) { return all_pinned(key); });
}

// ---- what comes out

/// The columns of a side whose rows may be missing are new ones; those that were equal still are.
void Walk::map_nullable(RelId join, Side side) {
  const Rel& rel = ir_[join];
  const std::vector<ColumnId>& from = ir_[input(rel, side)].outputs;
  size_t first = side == Side::Left ? 0 : ir_[rel.inputs[0]].outputs.size();
  for (size_t i = 0; i < from.size(); ++i) {
    ColumnId now = rel.outputs[first + i];
    if (ColumnId known = map_.put(columns_.root(from[i]), now); known != now) columns_.unite(known, now);
  }
}

/// A row of the first side, and what tells apart the rows of the other that it meets.
void Walk::combine(RelId join, Side first, bool other_is_one, RelationFacts& facts) {
  const Rel& rel = ir_[join];
  bool renamed = !is_inner(rel);
  if (renamed) {
    map_.clear();
    map_nullable(join, other(first));
  }
  const std::vector<Key>& others = relations_[input(rel, other(first)).value].keys;
  for (const Key& key : relations_[input(rel, first).value].keys) {
    if (other_is_one) {
      Symbol name = name_of(join, other(first));
      DerivationId said = result_.derivations.leaf(Origin::Assumed, Basis::Declared, name);
      add_key(facts, key.columns, result_.derivations.both(key.because, said));
      continue;
    }
    for (const Key& more : others) {
      std::vector<ColumnId> columns = key.columns;
      bool known = true;
      for (ColumnId column : more.columns) {
        ColumnId root = columns_.root(column);
        if (pinned(root)) continue;
        ColumnId now = renamed ? map_.find(root) : root;
        known = known && now;
        columns.push_back(now);
      }
      if (known) add_key(facts, std::move(columns), result_.derivations.both(key.because, more.because));
    }
  }
}

/// Rows of either side may stand alone. Two of them, one of each side, agree in what is NULL in both: so one column must
/// never be NULL in its own side.
void Walk::combine_full(RelId join, RelationFacts& facts) {
  const Rel& rel = ir_[join];
  map_.clear();
  map_nullable(join, Side::Left);
  map_nullable(join, Side::Right);
  for (const Key& left : relations_[rel.inputs[0].value].keys) {
    for (const Key& right : relations_[rel.inputs[1].value].keys) {
      std::vector<ColumnId> columns;
      DerivationId because;
      bool known = true;
      for (const Key* key : {&left, &right}) {
        for (ColumnId column : key->columns) {
          ColumnId root = columns_.root(column);
          if (columns_.constant(root)) continue;
          if (!because) because = columns_.never_null(root);
          ColumnId now = map_.find(root);
          known = known && now;
          columns.push_back(now);
        }
      }
      if (!known || !because) continue;
      because = result_.derivations.both(result_.derivations.both(left.because, right.because), because);
      add_key(facts, std::move(columns), because);
    }
  }
}

void Walk::join(RelId id) {
  const Rel& rel = ir_[id];
  RelationFacts& facts = relations_[id.value];
  facts = {};
  JoinKind kind = kind_of(rel);
  bool holds = is_inner(rel) || kind == JoinKind::LeftSemi || kind == JoinKind::Semi;
  std::vector<ExprId> conditions = conjuncts(rel.exprs.empty() ? ExprId{} : rel.exprs[0]);
  if (holds) {
    for (ExprId condition : conditions) hold(condition);
  }
  if (keeps_left_only(rel)) {
    facts = relations_[rel.inputs[0].value];
    reduce(facts);
    return;
  }
  if (kind == JoinKind::Full) return combine_full(id, facts);
  bool left_stays = kind != JoinKind::Right, right_stays = kind != JoinKind::Left;
  if (left_stays) {
    bool one = pin(id, Side::Right, {});
    combine(id, Side::Left, one, facts);
    const auto& periods = relations_[rel.inputs[0].value].periods;
    facts.periods.insert(facts.periods.end(), periods.begin(), periods.end());
  }
  if (right_stays && !rel.lateral) {
    bool one = pin(id, Side::Left, {});
    combine(id, Side::Right, one, facts);
    const auto& periods = relations_[rel.inputs[1].value].periods;
    facts.periods.insert(facts.periods.end(), periods.begin(), periods.end());
  }
}

/// What a filter says holds in the rows of the joins below it that pass: their sets are made once more, with it.
void Walk::join_again(RelId filter) {
  std::vector<RelId> joins, stack{ir_[filter].inputs[0]};
  while (!stack.empty()) {
    RelId id = stack.back();
    stack.pop_back();
    const Rel& rel = ir_[id];
    if (rel.kind != RelKind::Join || kind_of(rel) == JoinKind::Full) continue;
    joins.push_back(id);
    if (is_inner(rel)) filter_above_[id.value] = filter;
    if (kind_of(rel) != JoinKind::Right) stack.push_back(rel.inputs[0]);
    if (!rel.lateral && (is_inner(rel) || kind_of(rel) == JoinKind::Right)) stack.push_back(rel.inputs[1]);
  }
  std::sort(joins.begin(), joins.end(), [](RelId a, RelId b) { return a.value < b.value; });
  for (RelId id : joins) join(id);
}

// ---- what the author calls the sides

namespace {

Symbol alias_of(const ast::Tree& tree, ast::NodeId alias) {
  return tree.is<ast::Alias>(alias) ? tree.name(alias).folded() : Symbol();
}

Symbol name_of_relation(const ast::Tree& tree, ast::NodeId node) {
  if (tree.is<ast::Lateral>(node)) node = tree.get<ast::Lateral>(node).relation;
  if (tree.is<ast::TableRef>(node)) {
    auto ref = tree.get<ast::TableRef>(node);
    if (Symbol alias = alias_of(tree, ref.alias); !alias.empty()) return alias;
    auto parts = tree.children(ref.table);
    return parts.empty() ? Symbol() : tree.name(parts.back()).folded();
  }
  if (tree.is<ast::QueryRef>(node)) return alias_of(tree, tree.get<ast::QueryRef>(node).alias);
  if (tree.is<ast::ParenRef>(node)) return alias_of(tree, tree.get<ast::ParenRef>(node).alias);
  if (tree.is<ast::ValuesRef>(node)) return alias_of(tree, tree.get<ast::ValuesRef>(node).alias);
  if (tree.is<ast::TableFunction>(node)) return alias_of(tree, tree.get<ast::TableFunction>(node).alias);
  return {};
}

}  // namespace

ast::NodeId Walk::node_of(RelId join, Side side) const {
  const Rel& rel = ir_[join];
  bool written = request_.tree.is<ast::Join>(rel.node);
  if (side == Side::Right) return written ? request_.tree.get<ast::Join>(rel.node).right : rel.node;
  if (ir_[rel.inputs[0]].kind == RelKind::Join) return {};
  ast::NodeId left = written ? request_.tree.get<ast::Join>(rel.node).left : ast::NodeId{};
  return left ? left : ir_[rel.inputs[0]].node;
}

Symbol Walk::name_of(RelId join, Side side) const {
  return name_of_relation(request_.tree, node_of(join, side));
}

bool Walk::is_assumed(RelId join, Side side, bool any) const {
  auto said = [&](Symbol name) {
    return !name.empty() && std::find(request_.assumed.begin(), request_.assumed.end(), name) != request_.assumed.end();
  };
  if (request_.assumed.empty()) return false;
  if (said(name_of(join, side))) return true;
  RelId below = input(ir_[join], side);
  while (any && ir_[below].kind == RelKind::Join) {
    if (said(name_of(below, Side::Right)) || said(name_of(below, Side::Left))) return true;
    below = ir_[below].inputs[0];
  }
  return false;
}

}  // namespace pipec::facts
