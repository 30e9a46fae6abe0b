// Subqueries in expressions, with the outer columns that they read.
#include "sql/bind.h"

namespace pipec::sql {

using namespace ast;

ExprId Binder::subquery(Expr expr, std::span<const ExprId> operands, Boundary& boundary) {
  std::vector<ExprId> children(operands.begin(), operands.end());
  expr.argument_count = static_cast<uint32_t>(children.size());
  children.insert(children.end(), boundary.captured.begin(), boundary.captured.end());
  return add(expr, children);
}

ExprId Binder::bind_exists(NodeId node) {
  Boundary boundary{level_, {}};
  Relation relation = bind_query(tree_.get<Exists>(node).query, &boundary);
  output_spans_.clear();
  Expr expr;
  check_correlation(relation, boundary, false, node);
  expr.kind = ExprKind::Exists;
  expr.type = TypeKind::Boolean;
  expr.nullable = false;
  expr.query = relation.rel;
  expr.node = node;
  return subquery(expr, {}, boundary);
}

ExprId Binder::bind_scalar_query(NodeId node) {
  Boundary boundary{level_, {}};
  Relation relation = bind_query(tree_.get<ScalarQuery>(node).query, &boundary);
  output_spans_.clear();
  Expr expr;
  check_correlation(relation, boundary, true, node);
  expr.kind = ExprKind::ScalarQuery;
  expr.query = relation.rel;
  expr.node = node;
  if (relation.columns.size() == 1) {
    expr.column = relation.columns[0].id;
    expr.type = ir_[expr.column].type;
  } else if (!relation.broken) {
    report(diag::SubqueryColumns, node,
           fmt::format("a subquery used as a value has one column, but this one has {}", relation.columns.size()));
    return error(node);
  }
  return subquery(expr, {}, boundary);
}

ExprId Binder::finish_in_query(NodeId node, ExprId operand_id) {
  Boundary boundary{level_, {}};
  Relation relation = bind_query(tree_.get<InQuery>(node).query, &boundary);
  output_spans_.clear();
  std::vector<ExprId> operands{operand_id};
  if (ir_[operand_id].kind == ExprKind::Struct && tree_.is<Row>(tree_.get<InQuery>(node).operand)) {
    std::span<const ExprId> items = ir_.children(operand_id);
    operands.assign(items.begin(), items.end());
  }
  Expr expr;
  check_correlation(relation, boundary, false, node);
  expr.kind = ExprKind::InQuery;
  expr.negated = tree_.has(node, kNegated);
  expr.type = TypeKind::Boolean;
  expr.nullable = false;
  expr.node = node;
  if (!relation.broken) {
    if (operands.size() != relation.columns.size()) {
      report(diag::SubqueryColumns, node,
             fmt::format("IN compares {} value{} with a subquery of {} column{}", operands.size(),
                         operands.size() == 1 ? "" : "s", relation.columns.size(),
                         relation.columns.size() == 1 ? "" : "s"));
      return error(node);
    }
    std::vector<Type> types;
    bool casts = false;
    for (size_t i = 0; i < operands.size(); ++i) {
      Type sides[2] = {type(operands[i]), ir_[relation.columns[i].id].type};
      types.push_back({});
      if (sides[0].is_error() || sides[1].is_error()) continue;
      std::optional<Type> common = common_type(sides);
      if (!common) {
        report(diag::NoCommonType, node,
               fmt::format("IN compares {} with a subquery of {}", sides[0].text(), sides[1].text()));
        return error(node);
      }
      if (!is_orderable(*common)) {
        return fail(diag::NotComparable, node, fmt::format("IN cannot compare {}", common->text()));
      }
      types.back() = *common;
      operands[i] = cast_to(operands[i], *common);
      casts = casts || sides[1] != *common;
    }
    if (casts) relation = project_cast(relation, types, node);
    for (const Relation::Column& column : relation.columns) expr.nullable = expr.nullable || ir_[column.id].nullable;
  }
  for (ExprId id : operands) expr.nullable = expr.nullable || nullable(id);
  expr.query = relation.rel;
  return subquery(expr, operands, boundary);
}

}  // namespace pipec::sql
