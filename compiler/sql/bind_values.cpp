// Inline tables.
#include "sql/bind.h"

namespace pipec::sql {

using namespace ast;

ExprId Binder::bind_cell(NodeId cell) {
  if (tree_.is<SelectItem>(cell)) cell = tree_.get<SelectItem>(cell).value;  // a name in a row means nothing
  ExprId value = bind_in(cell, Clause::Values);
  if (info(value).nondeterministic) {
    return fail(diag::NotConstant, cell, "an inline table holds constants: a random value cannot stand in it");
  }
  return value;
}

Relation Binder::bind_values(NodeId rows, NodeId node, Boundary* boundary) {
  Level level = new_level(boundary);
  Restore restore(level_, &level);
  std::vector<std::vector<ExprId>> bound;
  Relation result;
  size_t width = 0;
  for (NodeId row : tree_.list(rows)) {
    std::vector<ExprId> cells;
    NodeId inner = row;
    if (tree_.is<Paren>(inner)) inner = tree_.get<Paren>(inner).inner;
    if (tree_.is<Row>(inner)) {
      for (NodeId cell : tree_.list(tree_.get<Row>(inner).items)) cells.push_back(bind_cell(cell));
    } else {
      cells.push_back(bind_cell(inner));
    }
    if (bound.empty()) {
      width = cells.size();
    } else if (cells.size() != width) {
      report(diag::RowWidth, row, fmt::format("this row has {} values, but the first one has {}", cells.size(), width));
      result.broken = true;
      continue;
    }
    bound.push_back(std::move(cells));
  }
  std::vector<Type> types;
  for (size_t i = 0; i < width; ++i) {
    std::vector<Type> column;
    bool poisoned = false;
    for (const auto& row : bound) {
      column.push_back(type(row[i]));
      poisoned = poisoned || column.back().is_error();
    }
    std::optional<Type> common = poisoned ? Type() : inline_table_type(column);
    if (!common) {
      // The first row whose value does not meet those above it is the one to look at.
      size_t culprit = misfit(column, inline_table_type);
      report(diag::NoCommonType, ir_[bound[culprit][i]].node,
             fmt::format("{} in a column of {}", column[culprit].text(), column[0].text()))
          .label(place(ir_[bound[0][i]].node), fmt::format("{} here", column[0].text()));
      common = Type();
    }
    types.push_back(*common);
  }
  std::vector<ExprId> exprs;
  std::vector<bool> nullable_columns(width, false);
  for (const auto& row : bound) {
    for (size_t i = 0; i < width; ++i) {
      ExprId cell = cast_to(row[i], types[i]);
      nullable_columns[i] = nullable_columns[i] || nullable(cell);
      exprs.push_back(cell);
    }
  }
  result.rel = add_rel(RelKind::Values, {}, std::move(exprs), node);
  for (size_t i = 0; i < width; ++i) {
    Symbol name = Symbol::of(fmt::format("col{}", i + 1));
    result.columns.push_back({name, add_column(result.rel, name, types[i], nullable_columns[i])});
  }
  return result;
}

}  // namespace pipec::sql
