// PIVOT and UNPIVOT.
#include <algorithm>

#include "sql/pipe.h"

namespace pipec::sql {

using namespace ast;

namespace {

/// What Spark writes for a constant that becomes part of a column's name: {dotNET, 2012}, [1, 1].
std::string constant_text(const Ir& ir, ExprId id) {
  const Expr& expr = ir[id];
  if (expr.kind == ExprKind::Literal) return expr.type.is(TypeKind::Void) ? "null" : std::string(expr.name.text());
  std::string text;
  for (ExprId child : ir.children(id)) text += (text.empty() ? "" : ", ") + constant_text(ir, child);
  if (expr.kind == ExprKind::Struct) return "{" + text + "}";
  if (expr.kind == ExprKind::Call && expr.type.is(TypeKind::Array)) return "[" + text + "]";
  return text;
}

}  // namespace

/// The relation that a PIVOT or UNPIVOT reads, as a scope of its own.
RelId Binder::bind_pivot_input(NodeId input, Scope& scope, Scope* left) {
  if (!input) {
    scope = std::move(piped_->scope);
    return piped_->rel;
  }
  if (tree_.is<List>(input)) return bind_from(input, input, scope);
  return bind_relation(input, scope, left);
}

Relation Binder::bind_pivot(NodeId node, Scope* left) {
  Pivot parts = tree_.get<Pivot>(node);
  Level level = new_level(level_->boundary);
  RelId input = bind_pivot_input(parts.input, level.scope, left);
  Restore restore(level_, &level);
  Relation result;
  result.broken = level.scope.broken();

  std::vector<ExprId> pivots;
  std::vector<bool> used(ir_.columns.size());
  for (NodeId name : tree_.list(parts.columns)) {
    ExprId value = bind_pivot_column(name);
    if (type(value).is_error()) result.broken = true;
    if (!type(value).is_error() && !is_orderable(type(value))) {
      report(diag::BadPivot, name, fmt::format("PIVOT compares values, and {} cannot be compared", type(value).text()));
    }
    if (ir_[value].column) used[ir_[value].column.value] = true;
    pivots.push_back(value);
  }

  std::vector<Item> aggregates;
  for (NodeId item : tree_.list(parts.aggregates)) {
    bind_item(item, aggregates);
    Item& bound = aggregates.back();
    check_pivot_aggregate(bound, used);
    if (type(bound.value).is_error()) result.broken = true;
  }

  std::vector<ExprId> exprs;
  std::vector<std::pair<Symbol, ExprId>> outputs;
  for (const ScopeColumn& column_ : level.scope.columns) {
    if (column_.hidden || used[column_.id.value]) continue;
    outputs.push_back({column_.name, column(column_.id, column_.name, node)});
  }
  size_t keys = outputs.size();
  for (NodeId item : tree_.list(parts.values)) {
    NodeId value_node = tree_.is<SelectItem>(item) ? tree_.get<SelectItem>(item).value : item;
    ExprId value = bind_expr(value_node);
    if (type(value).is_error()) {
      result.broken = true;
      continue;
    }
    check_pivot_value(value, pivots, value_node);
    std::string name(tree_.is<SelectItem>(item) ? tree_.name(item).text() : std::string_view());
    if (name.empty()) name = constant_text(ir_, value);
    for (const Item& aggregate : aggregates) {
      std::string full = aggregates.size() == 1 ? name : name + "_" + std::string(aggregate.name.text());
      outputs.push_back({Symbol::of(full), aggregate.value});
    }
  }
  for (const auto& [name, value] : outputs) exprs.push_back(value);
  exprs.insert(exprs.end(), pivots.begin(), pivots.end());
  result.rel = add_rel(RelKind::Pivot, {input}, std::move(exprs), node);
  ir_[result.rel].group_count = static_cast<uint32_t>(keys);
  for (size_t i = 0; i < outputs.size(); ++i) {
    auto [name, value] = outputs[i];
    bool may_be_null = i >= keys || nullable(value);
    result.columns.push_back({name, add_column(result.rel, name, type(value), may_be_null)});
  }
  return result;
}

ExprId Binder::bind_pivot_column(NodeId name) {
  if (!tree_.is<Name>(name)) return bind_in(name, Clause::Pivot);
  Symbol folded = tree_.name(name).folded();
  Scope::Lookup found = level_->scope.find({&folded, 1});
  if (found.outcome == Scope::Outcome::Found) return column(found.column->id, tree_.name(name), name);
  if (found.outcome == Scope::Outcome::Silent) return error(name);
  if (found.outcome == Scope::Outcome::Ambiguous) {
    return fail(diag::AmbiguousColumn, name,
                fmt::format("`{}` is a column of several tables", tree_.name(name).text()));
  }
  std::vector<std::string_view> candidates;
  for (const ScopeColumn& column : level_->scope.columns) candidates.push_back(column.name.text());
  auto builder = report(diag::UnknownColumn, name, fmt::format("no column `{}` to pivot by", tree_.name(name).text()));
  if (std::string words = did_you_mean(tree_.name(name).text(), candidates); !words.empty()) builder.help(words);
  return error(name);
}

/// Every column is read inside an aggregate; what is read that way is no key.
void Binder::check_pivot_aggregate(Item& item, std::vector<bool>& used) {
  std::vector<std::pair<ExprId, bool>> stack{{item.value, false}};
  ExprId outside;
  while (!stack.empty()) {
    auto [id, inside] = stack.back();
    stack.pop_back();
    const Expr& expr = ir_[id];
    if (expr.kind == ExprKind::Column) {
      used[expr.column.value] = true;
      if (!inside) outside = id;
    }
    inside = inside || (expr.kind == ExprKind::Call && expr.function && expr.function->kind == FunctionKind::Aggregate);
    for (ExprId child : ir_.children(id)) stack.push_back({child, inside});
  }
  if (type(item.value).is_error()) return;
  if (outside) {
    report(diag::BadPivot, ir_[outside].node ? ir_[outside].node : item.node,
           fmt::format("`{}` must stand inside an aggregate: PIVOT makes one row of many", ir_[outside].name.text()));
  } else if (!info(item.value).aggregate) {
    report(diag::BadPivot, item.node, "PIVOT needs an aggregate here");
  }
}

void Binder::check_pivot_value(ExprId value, const std::vector<ExprId>& pivots, NodeId node) {
  if (!ir_[value].foldable) {
    report(diag::BadPivot, node, "a value of PIVOT is a constant: it becomes a column's name");
    return;
  }
  std::vector<ExprId> sides{value};
  if (pivots.size() > 1) {
    if (ir_[value].kind != ExprKind::Struct || ir_.children(value).size() != pivots.size()) {
      report(diag::BadPivot, node, fmt::format("each value of this PIVOT is a list of {}", pivots.size()));
      return;
    }
    std::span<const ExprId> parts = ir_.children(value);
    sides.assign(parts.begin(), parts.end());
  }
  for (size_t i = 0; i < sides.size(); ++i) {
    Type from = type(sides[i]), to = type(pivots[i]);
    if (from.is_error() || to.is_error() || can_cast(from, to)) continue;
    report(diag::BadPivot, node, fmt::format("{} is no value of a column of {}", from.text(), to.text()));
    return;
  }
}

Relation Binder::bind_unpivot(NodeId node, Scope* left) {
  Unpivot parts = tree_.get<Unpivot>(node);
  Level level = new_level(level_->boundary);
  RelId input = bind_pivot_input(parts.input, level.scope, left);
  Restore restore(level_, &level);
  Relation result;
  result.broken = level.scope.broken();
  std::span<const NodeId> names = tree_.list(parts.values);

  std::vector<bool> used(ir_.columns.size());
  std::vector<std::vector<ExprId>> columns(names.size());  // by value column: what flows into it
  for (NodeId item : tree_.list(parts.inputs)) {
    NodeId value_node = tree_.is<SelectItem>(item) ? tree_.get<SelectItem>(item).value : item;
    std::vector<NodeId> cells{value_node};
    while (tree_.is<Paren>(cells[0])) cells[0] = tree_.get<Paren>(cells[0]).inner;
    if (tree_.is<Row>(cells[0])) {
      std::span<const NodeId> items = tree_.list(tree_.get<Row>(cells[0]).items);
      cells.assign(items.begin(), items.end());
    }
    if (cells.size() != names.size()) {
      report(diag::BadPivot, item, fmt::format("{} columns for {} names", cells.size(), names.size()));
      result.broken = true;
      continue;
    }
    for (size_t i = 0; i < cells.size(); ++i) {
      ExprId value = bind_in(cells[i], Clause::Pivot);
      if (type(value).is_error()) result.broken = true;
      if (ir_[value].column) used[ir_[value].column.value] = true;
      columns[i].push_back(value);
    }
  }

  std::vector<ExprId> exprs;
  std::vector<Relation::Column> kept;
  for (const ScopeColumn& column_ : level.scope.columns) {
    if (column_.hidden || used[column_.id.value]) continue;
    kept.push_back({column_.name, column_.id});
    exprs.push_back(column(column_.id, column_.name, node));
  }
  struct Made {
    Type type;
    bool nullable = false;
  };
  std::vector<Made> made;
  for (size_t i = 0; i < names.size(); ++i) {
    std::vector<Type> types;
    bool poisoned = columns[i].empty();
    Made& one = made.emplace_back();
    for (ExprId value : columns[i]) {
      types.push_back(type(value));
      poisoned = poisoned || types.back().is_error();
      one.nullable = one.nullable || nullable(value);
    }
    if (poisoned) continue;
    std::optional<Type> common = common_type(types);
    if (!common) {
      size_t culprit = misfit(types);
      report(diag::NoCommonType, ir_[columns[i][culprit]].node,
             fmt::format("UNPIVOT puts {} and {} into one column", types[0].text(), types[culprit].text()));
      continue;
    }
    one.type = *common;
    for (ExprId& value : columns[i]) value = cast_to(value, *common);
  }
  // After the kept columns: row by row, the values of each input in the order of the names.
  size_t rows = columns.empty() ? 0 : columns[0].size();
  for (size_t row = 0; row < rows; ++row) {
    for (const std::vector<ExprId>& column : columns) {
      if (row < column.size()) exprs.push_back(column[row]);
    }
  }
  result.rel = add_rel(RelKind::Unpivot, {input}, std::move(exprs), node);
  ir_[result.rel].group_count = static_cast<uint32_t>(kept.size());
  ir_[result.rel].all = tree_.has(node, kAll);
  auto output = [&](Symbol name, Type type, bool nullable) {
    result.columns.push_back({name, add_column(result.rel, name, type, nullable)});
  };
  for (const Relation::Column& one : kept) output(one.name, ir_[one.id].type, ir_[one.id].nullable);
  if (parts.label) output(tree_.name(parts.label), TypeKind::String, false);
  for (size_t i = 0; i < names.size(); ++i) output(tree_.name(names[i]), made[i].type, made[i].nullable);
  return result;
}

}  // namespace pipec::sql
