// ORDER BY, SORT BY, DISTRIBUTE BY, CLUSTER BY: by name of an output, by number, or by an expression.
#include "sql/select.h"

namespace pipec::sql {

using namespace ast;

namespace {

bool is_position(const Tree& tree, NodeId node) {
  return tree.is<Literal>(node) && tree.op<LiteralKind>(node) == LiteralKind::Integer;
}

}  // namespace

/// Sorting is no place for a subquery that decides row by row.
bool Binder::check_sort_key(ExprId key, NodeId node) {
  std::vector<ExprId> stack{key};
  while (!stack.empty()) {
    const Expr& expr = ir_[stack.back()];
    std::span<const ExprId> children = ir_.children(stack.back());
    stack.pop_back();
    bool correlated = expr.kind == ExprKind::ScalarQuery && !children.empty();
    if (correlated || expr.kind == ExprKind::Exists || expr.kind == ExprKind::InQuery) {
      report(diag::Correlation, expr.node ? expr.node : node, "ORDER BY cannot hold this kind of subquery")
          .help("give it a name in the select list and order by that");
      return false;
    }
    stack.insert(stack.end(), children.begin(), children.end());
  }
  return true;
}

/// The keys as expressions over FROM; names of items stand for their expressions.
void Binder::bind_order_keys(SelectState& state, const Tail& tail) {
  level_->alias_rule = AliasRule::BeforeColumns;
  for (NodeId list : {tail.order, tail.sort, tail.cluster, tail.distribute}) {
    if (!list) continue;
    if (tree_.is<OrderAll>(list)) {
      for (const Item& item : state.items) {
        state.order.push_back(item.value);
        state.order_nodes.push_back(item.node);
      }
      continue;
    }
    for (NodeId item : tree_.list(list)) {
      NodeId value = tree_.is<OrderItem>(item) ? tree_.get<OrderItem>(item).value : item;
      ExprId key;
      if (is_position(tree_, value) && (list == tail.order || list == tail.sort)) {
        int64_t position = operand(bind_literal(value, false)).integer.value_or(0);
        if (position < 1 || position > static_cast<int64_t>(state.items.size())) {
          if (!level_->star_broken) {
            report(
                diag::OrdinalRange, value,
                fmt::format("ORDER BY {} counts past the {} items of the select list", position, state.items.size()));
          }
          continue;
        }
        key = state.items[position - 1].value;
      } else {
        key = bind_in(value, Clause::OrderBy);
        if (info(key).outer) {
          key = fail(diag::Correlation, value, "ORDER BY of a subquery cannot read a column of the outer query");
        }
      }
      if (!is_orderable(type(key))) {
        key = fail(diag::NotComparable, value, fmt::format("{} has no order", type(key).text()));
      }
      state.order.push_back(key);
      state.order_nodes.push_back(value);
    }
  }
}

/// Over a set operation, VALUES or a query in parentheses: the names are the outputs'.
Relation Binder::sort_relation(Relation relation, const Tail& tail, Boundary* boundary) {
  Scope scope;
  scope.add(relation, {});
  relation.rel = sort_scope(relation.rel, scope, tail, boundary);
  return relation;
}

RelId Binder::sort_scope(RelId rel, const Scope& scope, const Tail& tail, Boundary* boundary) {
  std::vector<ExprId> keys;
  Level level = new_level(boundary);
  level.scope = scope;
  std::vector<const ScopeColumn*> columns;
  for (const ScopeColumn& one : scope.columns) {
    if (!one.hidden) columns.push_back(&one);
  }
  Restore restore(level_, &level);
  NodeId where;
  for (NodeId list : {tail.order, tail.sort, tail.cluster, tail.distribute}) {
    if (!list) continue;
    where = list;
    if (tree_.is<OrderAll>(list)) {
      for (const ScopeColumn* one : columns) keys.push_back(column(one->id, one->name, list));
      continue;
    }
    for (NodeId item : tree_.list(list)) {
      NodeId value = tree_.is<OrderItem>(item) ? tree_.get<OrderItem>(item).value : item;
      if (is_position(tree_, value)) {
        int64_t position = operand(bind_literal(value, false)).integer.value_or(0);
        if (position < 1 || position > static_cast<int64_t>(columns.size())) {
          if (scope.broken()) continue;
          report(diag::OrdinalRange, value,
                 fmt::format("ORDER BY {} counts past the {} columns", position, columns.size()));
          continue;
        }
        keys.push_back(column(columns[position - 1]->id, {}, value));
        continue;
      }
      ExprId key = bind_expr(value);
      keys.push_back(allowed(key, Clause::Window, value) && !info(key).aggregate ? key : error(value));
    }
  }
  return keys.empty() ? rel : pass(RelKind::Sort, rel, std::move(keys), where);
}

}  // namespace pipec::sql
