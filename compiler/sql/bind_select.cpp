// SELECT: its clauses in the order in which they run.
#include "sql/select.h"

namespace pipec::sql {

using namespace ast;

Relation Binder::bind_select(NodeId node, const Tail& tail, Boundary* boundary) {
  Select parts = tree_.get<Select>(node);
  SelectState state;
  state.node = node;
  state.qualified = std::exchange(scope_wanted_, false);
  Level level = new_level(boundary);
  Restore at_level(level_, &level);

  Scope from;
  state.rel = bind_from(parts.from, node, from);
  level.scope = std::move(from);
  for (NodeId view : tree_.list(parts.views)) state.rel = bind_lateral_view(view, state.rel, level.scope);
  if (parts.where) {
    ExprId condition = bind_condition(parts.where, Clause::Where);
    state.rel = pass(RelKind::Filter, state.rel, {condition}, parts.where);
  }
  define_windows(tail.windows);
  level.aliases = &state.items;
  level.alias_rule = AliasRule::AfterColumns;
  find_generators(parts.items);
  bind_items(parts.items, state.items);
  if (state.qualified) note_relations(state);

  state.group = parts.group;
  if (parts.group) bind_group(parts.group, state);
  if (parts.having) {
    level.alias_rule = AliasRule::AfterColumnsAll;
    state.having = bind_condition(parts.having, Clause::Having);
  }
  if (parts.qualify) {
    level.alias_rule = AliasRule::AfterColumns;
    state.qualify = bind_condition(parts.qualify, Clause::Qualify);
  }
  bind_order_keys(state, tail);

  return finish_items(state, parts, tail, tree_.has(node, kDistinct));
}

void Binder::define_windows(NodeId list) {
  for (NodeId window : tree_.list(list)) {
    Symbol folded = tree_.name(window).folded();
    for (const auto& known : level_->windows) {
      if (known.first != folded) continue;
      report(diag::DuplicateName, window, fmt::format("WINDOW defines `{}` twice", tree_.name(window).text()));
    }
    level_->windows.push_back({folded, tree_.get<NamedWindow>(window).spec});
  }
}

/// The items are bound: groups, generators, windows, conditions, and what they all read.
Relation Binder::finish_items(SelectState& state, const Select& parts, const Tail& tail, bool distinct) {
  state.grouped = parts.group || parts.having;
  for (const Item& item : state.items) state.grouped = state.grouped || info(item.value).aggregate;
  for (const Generator& generator : level_->generators)
    state.grouped = state.grouped || (generator.call && info(generator.call).aggregate);
  if (state.qualify) state.grouped = state.grouped || info(state.qualify).aggregate;
  bool windows = state.qualify && info(state.qualify).window;
  for (const Item& item : state.items) windows = windows || info(item.value).window;
  for (ExprId key : state.order) windows = windows || info(key).window;
  bool order_cut_off = false;
  for (const Item& item : state.items) order_cut_off = order_cut_off || info(item.value).window;
  if (state.grouped) {
    if (state.having || order_cut_off) check_order_above_groups(state);
    aggregate(state);
  } else {
    for (const Item& item : state.items) {
      if (info(item.value).grouping)
        report(diag::GroupingMismatch, item.node, "grouping() needs GROUP BY with grouping sets");
    }
  }
  place_generators(state);
  if (state.having) state.rel = pass(RelKind::Filter, state.rel, {state.having}, parts.having);
  if (windows) extract_windows(state);
  if (state.qualify) {
    if (!windows && !type(state.qualify).is_error()) {
      report(diag::QualifyWithoutWindow, parts.qualify, "QUALIFY needs a window function, here or in the select list")
          .help("use WHERE, or HAVING after GROUP BY");
    }
    state.rel = pass(RelKind::Filter, state.rel, {state.qualify}, parts.qualify);
  }
  return finish_select(state, tail, distinct);
}

/// Each different window call becomes a column of one Window relation.
void Binder::extract_windows(SelectState& state) {
  RelId rel = add_rel(RelKind::Window, {state.rel}, {}, state.node);
  ir_[rel].outputs = ir_[state.rel].outputs;
  std::unordered_map<uint64_t, ColumnId> made;
  std::unordered_map<uint32_t, ExprId> memo;
  auto replace = [&](ExprId id) -> ExprId {
    if (!info(id).window) return id;
    if (ir_[id].kind != ExprKind::Window) return {};
    auto [at, fresh] = made.emplace(info(id).hash, ColumnId{});
    if (fresh) {
      at->second = add_column(rel, {}, type(id), nullable(id));
      ir_[rel].exprs.push_back(id);
    }
    return column(at->second, {}, ir_[id].node);
  };
  for (Item& item : state.items) item.value = rewrite(item.value, memo, replace);
  if (state.qualify) state.qualify = rewrite(state.qualify, memo, replace);
  for (ExprId& key : state.order) key = rewrite(key, memo, replace);
  state.rel = rel;
}

/// Project, DISTINCT, ORDER BY, LIMIT. Sort keys that are no item are carried as further columns and dropped at the end.
Relation Binder::finish_select(SelectState& state, const Tail& tail, bool distinct) {
  Relation result;
  result.broken = level_->star_broken;
  std::vector<ExprId> exprs;
  std::unordered_map<uint64_t, uint32_t> item_numbers;
  for (const Item& item : state.items) {
    item_numbers.emplace(info(item.value).hash, static_cast<uint32_t>(exprs.size()));
    exprs.push_back(item.value);
  }
  std::vector<uint32_t> sorted;
  for (size_t i = 0; i < state.order.size(); ++i) {
    ExprId key = state.order[i];
    auto [at, fresh] = item_numbers.emplace(info(key).hash, static_cast<uint32_t>(exprs.size()));
    if (fresh) {
      if (!check_sort_key(key, state.order_nodes[i])) key = error(state.order_nodes[i]);
      if (distinct && info(key).column && !type(key).is_error()) {
        report(diag::UnknownColumn, state.order_nodes[i], "after DISTINCT, ORDER BY sees the selected columns alone");
        key = error(state.order_nodes[i]);
      }
      exprs.push_back(key);
    }
    sorted.push_back(at->second);
  }
  if (state.keeps_hidden) {
    for (const ScopeColumn& hidden : level_->scope.columns) {
      if (hidden.hidden) exprs.push_back(column(hidden.id, hidden.name, state.node));
    }
  }
  RelId project = add_rel(RelKind::Project, {state.rel}, exprs, state.node);
  output_spans_.clear();
  std::vector<ColumnId> columns;
  for (size_t i = 0; i < exprs.size(); ++i) {
    const Expr& value = ir_[exprs[i]];
    bool is_item = i < state.items.size();
    Symbol name = is_item ? state.items[i].name : Symbol();
    if (value.kind == ExprKind::Column && !(is_item && state.items[i].named)) {
      ir_[project].outputs.push_back(value.column);
      columns.push_back(value.column);
    } else {
      columns.push_back(add_column(project, name, value.type, value.nullable));
    }
    if (is_item) {
      result.columns.push_back({name, columns.back()});
      output_spans_.push_back(tree_[state.items[i].node].span);
    }
  }
  result.rel = project;
  if (state.qualified) keep_scope(state, result);
  if (distinct) {
    can_be_told_apart(result, state.node, "DISTINCT");
    result.rel = pass(RelKind::Distinct, result.rel, {}, state.node);
  }
  if (!sorted.empty()) {
    std::vector<ExprId> keys;
    for (size_t i = 0; i < sorted.size(); ++i) keys.push_back(column(columns[sorted[i]], {}, state.order_nodes[i]));
    result.rel = pass(RelKind::Sort, result.rel, std::move(keys), tail.order ? tail.order : state.node);
  }
  if (exprs.size() > state.items.size() && !state.keeps_hidden) {
    std::vector<ExprId> kept;
    for (size_t i = 0; i < state.items.size(); ++i)
      kept.push_back(column(columns[i], state.items[i].name, state.items[i].node));
    RelId narrow = add_rel(RelKind::Project, {result.rel}, std::move(kept), state.node);
    columns.resize(state.items.size());
    ir_[narrow].outputs = std::move(columns);
    result.rel = narrow;
  }
  result.rel = bind_limit(result.rel, tail);
  return result;
}

}  // namespace pipec::sql
