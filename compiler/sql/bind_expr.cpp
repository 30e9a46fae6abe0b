// Expressions: the walk, and what a clause lets stand in it.
#include "sql/bind.h"

namespace pipec::sql {

using namespace ast;

namespace {

/// The operand that a chain leans on: `a + b + c`, `a.b.c`, `x::int::text`, `not not a`. Walked, not recursed into.
NodeId first_operand(const Tree& tree, NodeId node) {
  switch (tree.kind(node)) {
    case NodeKind::Unary:
    case NodeKind::Binary:
    case NodeKind::Between:
    case NodeKind::InList:
    case NodeKind::InQuery:
    case NodeKind::Like:
    case NodeKind::LikeQuantified:
    case NodeKind::Is:
    case NodeKind::IsDistinct:
    case NodeKind::Cast:
    case NodeKind::Subscript:
    case NodeKind::Field:
    case NodeKind::PathStep:
    case NodeKind::Collate:
    case NodeKind::Paren:
      return tree.children(node)[0];
    default:
      return {};
  }
}

bool is_number(const Tree& tree, NodeId node) {
  if (!tree.is<Literal>(node)) return false;
  auto kind = tree.op<LiteralKind>(node);
  return kind >= LiteralKind::Integer && kind <= LiteralKind::Float;
}

}  // namespace

ExprId Binder::bind_expr(NodeId node) {
  std::vector<NodeId> spine;
  ExprId value;
  for (NodeId at = node;;) {
    NodeId operand = first_operand(tree_, at);
    if (!operand) {
      bool part_taken = !spine.empty() && tree_.is<Subscript>(spine.back());
      Restore restore(part_taken_, part_taken);
      value = bind_leaf(at);
      if (at.value < tables_.expressions.size()) tables_.expressions[at.value] = value;
      break;
    }
    spine.push_back(at);
    if (tree_.is<Unary>(at) && tree_.op<UnaryOp>(at) == UnaryOp::Minus && is_number(tree_, operand)) {
      value = bind_literal(operand, true);
      tables_.expressions[operand.value] = tables_.expressions[at.value] = value;
      spine.pop_back();
      break;
    }
    at = operand;
  }
  for (size_t i = spine.size(); i-- > 0;) {
    value = finish(spine[i], value);
    tables_.expressions[spine[i].value] = value;
  }
  return value;
}

ExprId Binder::bind_leaf(NodeId node) {
  switch (tree_.kind(node)) {
    case NodeKind::Literal:
      return bind_literal(node, false);
    case NodeKind::TypedLiteral:
      return bind_typed_literal(node);
    case NodeKind::IntervalLiteral:
      return bind_interval(node);
    case NodeKind::ColumnRef:
      return bind_column_ref(node);
    case NodeKind::Case:
      return bind_case(node);
    case NodeKind::Call:
      return bind_call(node);
    case NodeKind::Exists:
      return bind_exists(node);
    case NodeKind::ScalarQuery:
      return bind_scalar_query(node);
    case NodeKind::Row:
      return bind_row(node);
    case NodeKind::Star:
      return fail(diag::StarNotAllowed, node, "`*` cannot stand here");
    case NodeKind::Lambda:
      return fail(diag::ArgumentType, node, "a lambda cannot stand here");
    case NodeKind::Param:
      return bind_param(node);
    case NodeKind::Error:
      ok_ = false;
      return error(node);
    default:
      not_supported(node, "this expression");
      return error(node);
  }
}

/// A value that comes with the statement when it runs: its type is not known here, and silences what follows from it.
ExprId Binder::bind_param(NodeId node) {
  Expr expr;
  expr.kind = ExprKind::Parameter;
  expr.name = tree_.name(node);
  expr.node = node;
  return add(expr);
}

ExprId Binder::finish(NodeId node, ExprId operand) {
  switch (tree_.kind(node)) {
    case NodeKind::Unary:
      return finish_unary(node, operand);
    case NodeKind::Binary:
      return finish_binary(node, operand);
    case NodeKind::Between:
      return finish_between(node, operand);
    case NodeKind::InList:
      return finish_in_list(node, operand);
    case NodeKind::InQuery:
      return finish_in_query(node, operand);
    case NodeKind::Like:
      return finish_like(node, operand);
    case NodeKind::LikeQuantified:
      return finish_like_quantified(node, operand);
    case NodeKind::Is:
      return finish_is(node, operand);
    case NodeKind::IsDistinct:
      return finish_is_distinct(node, operand);
    case NodeKind::Cast:
      return finish_cast(node, operand);
    case NodeKind::Subscript:
      return finish_subscript(node, operand);
    case NodeKind::Field:
      return bind_field(operand, tree_.name(node), node, node);
    case NodeKind::PathStep:
      return finish_path(node, operand);
    case NodeKind::Collate:
      not_supported(node, "COLLATE");
      return error(node);
    case NodeKind::Paren:
      return operand;
    default:
      return operand;
  }
}

ExprId Binder::bind_in(NodeId node, Clause clause) {
  ExprId value = bind_expr(node);
  return allowed(value, clause, node) ? value : error(node);
}

/// Aggregates, windows and generators stand only where rows have been made for them.
bool Binder::allowed(ExprId value, Clause clause, NodeId node) {
  bool aggregates = clause == Clause::Select || clause == Clause::Having || clause == Clause::OrderBy ||
                    clause == Clause::Qualify || clause == Clause::Window || clause == Clause::Pivot;
  bool windows = clause == Clause::Select || clause == Clause::OrderBy || clause == Clause::Qualify;
  const Info& holds = info(value);
  // The narrowest place: the call itself.
  auto culprit = [&](auto&& is_it) {
    std::vector<ExprId> stack{value};
    while (!stack.empty()) {
      ExprId id = stack.back();
      stack.pop_back();
      if (is_it(id)) return ir_[id].node ? ir_[id].node : node;
      for (ExprId child : ir_.children(id)) stack.push_back(child);
    }
    return node;
  };
  auto calls = [&](ExprId id, FunctionKind kind) {
    return ir_[id].kind == ExprKind::Call && ir_[id].function && ir_[id].function->kind == kind;
  };
  if (holds.aggregate && !aggregates) {
    NodeId where = culprit([&](ExprId id) { return calls(id, FunctionKind::Aggregate); });
    report(diag::AggregateNotAllowed, where, fmt::format("an aggregate cannot stand in {}", clause_name(clause)))
        .help(clause == Clause::Where ? "filter groups with HAVING, which runs after GROUP BY"
                                      : "aggregate in a subquery");
    return false;
  }
  if (holds.window && !windows) {
    NodeId where = culprit([&](ExprId id) { return ir_[id].kind == ExprKind::Window; });
    report(diag::WindowNotAllowed, where, fmt::format("a window function cannot stand in {}", clause_name(clause)))
        .help("compute it in a subquery, or filter with QUALIFY");
    return false;
  }
  return true;
}

ExprId Binder::bind_condition(NodeId node, Clause clause) {
  return check_boolean(bind_in(node, clause), node, clause_name(clause));
}

ExprId Binder::check_boolean(ExprId value, NodeId node, std::string_view where) {
  Type is = type(value);
  if (is.is_error() || is.is(TypeKind::Boolean)) return value;
  if (is.is(TypeKind::Void)) return cast_to(value, TypeKind::Boolean);
  return fail(diag::NotBoolean, node, fmt::format("{} needs true or false, not {}", where, is.text()));
}

}  // namespace pipec::sql
