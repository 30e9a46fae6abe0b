// Set operations BY NAME: the columns of the left, then those that only the right has; what a side of a UNION does not
// have is NULL there. Spark has no such operation: the printer writes the sides as they are read.
#include <algorithm>

#include "sql/bind.h"

namespace pipec::sql {

using namespace ast;

namespace {

const Relation::Column* find(const Relation& side, Symbol folded) {
  for (const Relation::Column& column : side.columns) {
    if (column.name.folded() == folded) return &column;
  }
  return nullptr;
}

}  // namespace

bool Binder::names_differ(const Relation& side, NodeId node, std::string_view which) {
  std::vector<Symbol> seen;
  for (const Relation::Column& column : side.columns) {
    Symbol folded = column.name.folded();
    if (std::find(seen.begin(), seen.end(), folded) != seen.end()) {
      report(diag::SetColumnCount, node, fmt::format("the {} has two columns `{}`", which, column.name.text()))
          .help("give one of them another name");
      return false;
    }
    seen.push_back(folded);
  }
  return true;
}

Relation Binder::read_as(const Relation& side, const std::vector<SideTables::Aligned::Column>& columns, NodeId node) {
  std::vector<ExprId> exprs;
  for (const auto& column : columns) {
    if (const Relation::Column* own = find(side, column.name.folded())) {
      exprs.push_back(this->column(own->id, own->name, node));
      continue;
    }
    Expr null;
    null.kind = ExprKind::Literal;
    null.type = TypeKind::Void;
    null.nullable = true;
    null.node = node;
    exprs.push_back(cast_to(add(null), column.missing));
  }
  Relation result;
  result.rel = add_rel(RelKind::Project, {side.rel}, exprs, node);
  for (size_t i = 0; i < columns.size(); ++i) {
    result.columns.push_back(
        {columns[i].name, add_column(result.rel, columns[i].name, type(exprs[i]), nullable(exprs[i]))});
  }
  return result;
}

bool Binder::align(Relation& left, Relation& right, NodeId node) {
  SetOp parts = tree_.get<SetOp>(node);
  if (!names_differ(left, parts.left ? parts.left : node, "left")) return false;
  if (!names_differ(right, parts.right, "right")) return false;
  bool is_union = tree_.op<SetOpKind>(node) == SetOpKind::Union;
  std::vector<SideTables::Aligned::Column> on_left, on_right;
  bool moved = left.columns.size() != right.columns.size(), added = false;
  const Relation::Column* lonely = nullptr;
  for (size_t i = 0; i < left.columns.size(); ++i) {
    const Relation::Column& column = left.columns[i];
    const Relation::Column* other = find(right, column.name.folded());
    if (!other) lonely = &column;
    moved = moved || right.columns[i].name.folded() != column.name.folded();
    on_left.push_back({column.name, {}});
    on_right.push_back({column.name, other ? Type() : ir_[column.id].type});
  }
  for (const Relation::Column& column : right.columns) {
    if (find(left, column.name.folded())) continue;
    lonely = &column;
    added = true;
    on_left.push_back({column.name, ir_[column.id].type});
    on_right.push_back({column.name, {}});
  }
  if (lonely && !is_union) {
    report(diag::SetColumnCount, node,
           fmt::format("{} BY NAME needs the same columns on both sides, but only one has `{}`",
                       set_op_words(tree_.op<SetOpKind>(node)), lonely->name.text()));
    return false;
  }
  SideTables::Aligned& aligned = tables_.aligned[node.value];
  if (added) {
    left = read_as(left, on_left, node);
    aligned.left = std::move(on_left);
  }
  if (moved) {
    right = read_as(right, on_right, node);
    aligned.right = std::move(on_right);
  }
  return true;
}

}  // namespace pipec::sql
