// What a condition that holds in each row says of the columns.
#include <charconv>

#include "facts/walk.h"

namespace pipec::facts {

using ast::BinaryOp;

namespace {

int digits_of(sql::TypeKind kind) {
  switch (kind) {
    case sql::TypeKind::TinyInt:
      return 3;
    case sql::TypeKind::SmallInt:
      return 5;
    case sql::TypeKind::Int:
      return 10;
    default:
      return 19;
  }
}

bool is_comparison(BinaryOp op) {
  using enum BinaryOp;
  return op == NotEq || op == Lt || op == LtEq || op == Gt || op == GtEq;
}

}  // namespace

bool keeps_apart(sql::Type from, sql::Type to) {
  using enum sql::TypeKind;
  if (from == to) return !from.is_error();
  if (from.is_integral() && to.is_integral()) return from.kind() <= to.kind();
  if (from.is_integral() && to.is(Decimal)) return to.precision() - to.scale() >= digits_of(from.kind());
  if (from.is(Decimal) && to.is(Decimal)) {
    return to.scale() >= from.scale() && to.precision() - to.scale() >= from.precision() - from.scale();
  }
  if (from.is_integral() && to.is(Double)) return !from.is(BigInt);
  if (from.is_integral()) return to.is(String);
  return from.is(Float) && to.is(Double);
}

/// The expression below casts that keep different values apart.
ExprId Walk::uncast(ExprId id) const {
  while (id && ir_[id].kind == ExprKind::Cast) {
    ExprId below = ir_.children(id)[0];
    if (!keeps_apart(ir_[below].type, ir_[id].type)) break;
    id = below;
  }
  return id;
}

ColumnId Walk::column_of(ExprId id) const {
  ExprId value = uncast(id);
  return value && ir_[value].kind == ExprKind::Column ? ir_[value].column : ColumnId{};
}

std::optional<int64_t> Walk::integer_of(ExprId id) const {
  ExprId value = uncast(id);
  if (!value || ir_[value].kind != ExprKind::Literal || !ir_[value].type.is_integral()) return std::nullopt;
  std::string_view text = ir_[value].name.text();
  int64_t number = 0;
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<ExprId> Walk::conjuncts(ExprId condition) const {
  std::vector<ExprId> result, stack{condition};
  while (!stack.empty()) {
    ExprId id = stack.back();
    stack.pop_back();
    if (!id) continue;
    const Expr& expr = ir_[id];
    if (expr.kind == ExprKind::Binary && static_cast<BinaryOp>(expr.op) == BinaryOp::And) {
      std::span<const ExprId> sides = ir_.children(id);
      stack.insert(stack.end(), sides.rbegin(), sides.rend());
    } else {
      result.push_back(id);
    }
  }
  return result;
}

std::optional<Walk::Equality> Walk::equality(ExprId id) const {
  const Expr* expr = &ir_[id];
  if (expr->kind == ExprKind::IsDistinct && expr->negated) {
    id = ir_.children(id)[0];
    expr = &ir_[id];
  }
  if (expr->kind != ExprKind::Binary) return std::nullopt;
  auto op = static_cast<BinaryOp>(expr->op);
  if (op != BinaryOp::Eq && op != BinaryOp::NullSafeEq) return std::nullopt;
  std::span<const ExprId> sides = ir_.children(id);
  return Equality{sides[0], sides[1], op == BinaryOp::NullSafeEq};
}

/// The value is not NULL in any row (it is a column, below casts of whatever kind), and the same in all if so said.
void Walk::hold_value(ExprId value, bool constant) {
  ColumnId same = column_of(value);
  if (same && constant) columns_.set_constant(same);
  while (value && ir_[value].kind == ExprKind::Cast) value = ir_.children(value)[0];
  if (value && ir_[value].kind == ExprKind::Column) columns_.set_never_null(ir_[value].column, by_filter_);
}

void Walk::hold_equality(const Equality& equal) {
  ExprId sides[2] = {equal.left, equal.right};
  for (int i = 0; i < 2; ++i) {
    ExprId other = uncast(sides[1 - i]);
    bool literal = ir_[other].kind == ExprKind::Literal;
    if (!equal.null_safe || (literal && !ir_[other].nullable)) {
      hold_value(sides[i], literal);
    } else if (ColumnId column = column_of(sides[i]); column && literal) {
      columns_.set_constant(column);
    }
    if (ColumnId column = column_of(sides[i]); column && ir_[other].kind == ExprKind::OuterColumn) {
      columns_.set_fixed_outside(column);
    }
  }
  ColumnId left = column_of(equal.left), right = column_of(equal.right);
  if (left && right) columns_.unite(left, right);
}

/// row_number() begins at 1: `rn <= 1` and `rn < 2` leave that.
void Walk::hold_row_number(ExprId condition) {
  std::span<const ExprId> sides = ir_.children(condition);
  auto op = static_cast<BinaryOp>(ir_[condition].op);
  bool turned = op == BinaryOp::Gt || op == BinaryOp::GtEq;
  ColumnId column = column_of(sides[turned ? 1 : 0]);
  std::optional<int64_t> most = integer_of(sides[turned ? 0 : 1]);
  if (!column || !most || !columns_.row_number(column)) return;
  bool strict = op == BinaryOp::Lt || op == BinaryOp::Gt;
  if (*most <= (strict ? 2 : 1)) columns_.set_constant(column);
}

void Walk::hold_comparison(ExprId condition) {
  auto op = static_cast<BinaryOp>(ir_[condition].op);
  if (!is_comparison(op)) return;
  for (ExprId side : ir_.children(condition)) hold_value(side, false);
  if (op != BinaryOp::NotEq) hold_row_number(condition);
}

void Walk::hold(ExprId condition) {
  const Expr& expr = ir_[condition];
  std::span<const ExprId> children = ir_.children(condition);
  if (std::optional<Equality> equal = equality(condition)) return hold_equality(*equal);
  switch (expr.kind) {
    case ExprKind::Column:
      return hold_value(condition, true);
    case ExprKind::Unary:
      if (static_cast<ast::UnaryOp>(expr.op) == ast::UnaryOp::Not && ir_[children[0]].kind == ExprKind::Column) {
        hold_value(children[0], true);
      }
      return;
    case ExprKind::Binary:
      return hold_comparison(condition);
    case ExprKind::Between:
    case ExprKind::In:
    case ExprKind::Like:
      return hold_value(children[0], false);
    case ExprKind::InQuery:
      // Nothing is in a query without rows, and then nobody asks whether the operand is NULL.
      if (!expr.negated && expr.argument_count == 1) hold_value(children[0], false);
      return;
    case ExprKind::Is:
      if (static_cast<ast::IsOp>(expr.op) == ast::IsOp::Null) {
        if (expr.negated) return hold_value(children[0], false);
        if (ColumnId column = column_of(children[0])) columns_.set_constant(column);
      }
      return;
    default:
      return;
  }
}

/// `is_current`, or `valid_to is null`.
bool Walk::says_current(const Period& period, ExprId condition) const {
  const Expr& expr = ir_[condition];
  auto is = [&](ExprId id, ColumnId column) {
    ColumnId found = column_of(id);
    return found && column && columns_.root(found) == columns_.root(column);
  };
  if (is(condition, period.current)) return true;
  if (expr.kind == ExprKind::Is && !expr.negated) {
    auto op = static_cast<ast::IsOp>(expr.op);
    ExprId operand = ir_.children(condition)[0];
    return (op == ast::IsOp::Null && is(operand, period.to)) || (op == ast::IsOp::True && is(operand, period.current));
  }
  if (std::optional<Equality> equal = equality(condition)) {
    auto is_true = [&](ExprId id) {
      const Expr& literal = ir_[id];
      return literal.kind == ExprKind::Literal && literal.type.is(sql::TypeKind::Boolean) &&
             literal.name.folded().text() == "true";
    };
    return (is(equal->left, period.current) && is_true(equal->right)) ||
           (is(equal->right, period.current) && is_true(equal->left));
  }
  return false;
}

void Walk::hold_periods(RelationFacts& facts, std::span<const ExprId> conditions) const {
  for (Period& period : facts.periods) {
    for (ExprId condition : conditions) period.only_current = period.only_current || says_current(period, condition);
  }
}

}  // namespace pipec::facts
