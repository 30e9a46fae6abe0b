// The name of an item that has none: a column's own, else the words that Spark would make of the expression.
#include "sql/bind.h"

namespace pipec::sql {

using namespace ast;

Symbol Binder::item_name(NodeId node, ExprId value) {
  while (tree_.is<Paren>(node)) node = tree_.get<Paren>(node).inner;
  if (tree_.is<ColumnRef>(node) && !tree_.children(node).empty()) return tree_.name(tree_.children(node).back());
  if (tree_.is<Field>(node)) return tree_.name(node);
  const Expr& expr = ir_[value];
  if (expr.kind == ExprKind::Literal) return expr.name;
  if (expr.function) return Symbol::of(fmt::format("{}()", expr.function->name));
  return {};
}

}  // namespace pipec::sql
