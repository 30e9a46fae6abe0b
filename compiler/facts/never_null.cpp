// Expressions that give no NULL: what Spark says already, and what follows from columns that it thinks may be NULL.
#include "facts/walk.h"
#include "sql/coercion.h"

namespace pipec::facts {

namespace {

// An expression that is larger is not looked into: it is not worth the time.
constexpr int kBudget = 64;

/// NULL comes out only where NULL goes in, in ANSI mode.
bool is_strict(ast::BinaryOp op) {
  using enum ast::BinaryOp;
  return op == And || op == Or || op == Eq || op == NotEq || op == Lt || op == LtEq || op == Gt || op == GtEq ||
         op == Add || op == Subtract || op == Multiply;
}

}  // namespace

DerivationId Walk::never_null(ExprId id) {
  int budget = kBudget;
  return never_null(id, budget);
}

DerivationId Walk::all_never_null(std::span<const ExprId> ids, int& budget) {
  DerivationId all;
  for (ExprId id : ids) {
    DerivationId one = never_null(id, budget);
    if (!one) return {};
    all = result_.derivations.both(all, one);
  }
  return all;
}

DerivationId Walk::never_null(ExprId id, int& budget) {
  if (!id || --budget < 0) return {};
  const Expr& expr = ir_[id];
  std::span<const ExprId> children = ir_.children(id);
  switch (expr.kind) {
    case ExprKind::Column:
      return columns_.never_null(expr.column);
    case ExprKind::Literal:
    case ExprKind::Is:
    case ExprKind::IsDistinct:
    case ExprKind::Exists:
      return expr.nullable ? DerivationId{} : by_expression_;
    case ExprKind::Cast:
      if (sql::cast_nullable(ir_[children[0]].type, expr.type, false,
                             static_cast<ast::CastOp>(expr.op) == ast::CastOp::TryCast)) {
        return {};
      }
      return never_null(children[0], budget);
    case ExprKind::Binary:
      if (!is_strict(static_cast<ast::BinaryOp>(expr.op))) break;
      return all_never_null(children, budget);
    case ExprKind::Case: {
      if (!(expr.op & 2)) return {};
      std::vector<ExprId> results;
      for (size_t i = (expr.op & 1) + 1; i + 1 < children.size(); i += 2) results.push_back(children[i]);
      results.push_back(children.back());
      return all_never_null(results, budget);
    }
    case ExprKind::Call:
      return never_null_call(id, budget);
    case ExprKind::Error:
    case ExprKind::InQuery:
    case ExprKind::ScalarQuery:
    case ExprKind::OuterColumn:
    case ExprKind::Parameter:
      return {};
    default:
      break;
  }
  return expr.nullable ? DerivationId{} : never_null_columns(id, budget);
}

DerivationId Walk::never_null_call(ExprId id, int& budget) {
  const Expr& expr = ir_[id];
  std::string_view name = expr.function ? expr.function->name : std::string_view();
  std::span<const ExprId> arguments = ir_.children(id).first(std::min(expr.argument_count, expr.child_count));
  if (name == "coalesce" || name == "nvl" || name == "ifnull") {
    for (ExprId argument : arguments) {
      if (DerivationId one = never_null(argument, budget)) return one;
    }
    return {};
  }
  if ((name == "if" || name == "iff") && arguments.size() == 3) return all_never_null(arguments.subspan(1), budget);
  return expr.nullable ? DerivationId{} : never_null_columns(id, budget);
}

/// Spark says so; it has it from the columns, and so the fact rests on what theirs rest on.
DerivationId Walk::never_null_columns(ExprId id, int& budget) {
  DerivationId all = by_expression_;
  std::vector<ExprId> stack{id};
  while (!stack.empty()) {
    ExprId at = stack.back();
    stack.pop_back();
    if (!at) continue;
    const Expr& expr = ir_[at];
    bool elsewhere = expr.kind == ExprKind::OuterColumn || expr.query;
    if (--budget < 0 || elsewhere || expr.kind == ExprKind::Error) return {};
    if (expr.kind == ExprKind::Column && !expr.nullable) {
      DerivationId one = columns_.never_null(expr.column);
      if (!one) return {};
      all = result_.derivations.both(one, all);
    }
    for (ExprId child : ir_.children(at)) stack.push_back(child);
  }
  return all;
}

}  // namespace pipec::facts
