// The steps of a pipe that compute columns: SELECT, EXTEND, SET, DROP, AGGREGATE.
#include <algorithm>

#include "sql/pipe.h"

namespace pipec::sql {

using namespace ast;

/// Of which table of the scope each item is a column, handed on as it is.
void Binder::note_relations(SelectState& state) {
  std::unordered_map<uint32_t, uint32_t> owners;
  for (const ScopeColumn& column : level_->scope.columns) owners.emplace(column.id.value, column.relation);
  for (const Item& item : state.items) {
    const Expr& value = ir_[item.value];
    auto at = value.kind == ExprKind::Column && !item.named ? owners.find(value.column.value) : owners.end();
    state.relations.push_back(at == owners.end() ? kNoRelation : at->second);
  }
}

/// What the outputs of a SELECT are called with the names of their tables.
void Binder::keep_scope(const SelectState& state, const Relation& result) {
  Scope scope;
  scope.relations = level_->scope.relations;
  for (size_t i = 0; i < result.columns.size(); ++i) {
    const Relation::Column& made = result.columns[i];
    uint32_t relation = i < state.relations.size() ? state.relations[i] : kNoRelation;
    scope.columns.push_back({made.name, made.name.folded(), made.id, relation, false});
  }
  if (state.keeps_hidden) {
    for (const ScopeColumn& column : level_->scope.columns) {
      if (column.hidden) scope.columns.push_back(column);
    }
  }
  output_scope_ = std::move(scope);
}

/// The items are bound: the step's relation becomes the pipe's.
void Binder::pipe_items(SelectState& state, const Select& parts, const Tail& tail, bool distinct, Piped& pipe) {
  state.qualified = true;
  note_relations(state);
  bool was_broken = level_->scope.broken();
  Relation made = finish_items(state, parts, tail, distinct);
  pipe.rel = made.rel;
  pipe.scope = std::exchange(output_scope_, {});
  if (!made.broken) {
    for (ScopeRelation& relation : pipe.scope.relations) relation.broken = false;
  } else if (!was_broken) {
    pipe.scope.relations.push_back({{}, {}, {}, {}, true});
  }
}

/// The columns of the scope as items, in their order.
void Binder::scope_items(NodeId step, std::vector<Item>& items) {
  for (const ScopeColumn& one : level_->scope.columns) {
    if (one.hidden) continue;
    Item item;
    item.value = column(one.id, one.name, step);
    item.name = one.name;
    item.node = step;
    item.from_star = true;
    items.push_back(std::move(item));
  }
  level_->star_broken = level_->star_broken || level_->scope.broken();
}

void Binder::no_aggregates(std::vector<Item>& items, std::string_view words) {
  for (Item& item : items) {
    if (!info(item.value).aggregate) continue;
    item.value = fail(diag::AggregateNotAllowed, item.node, fmt::format("`|> {}` cannot aggregate", words));
    ir_[item.value].node = item.node;
  }
}

void Binder::pipe_select(NodeId step, Piped& pipe, Level& level) {
  PipeStep parts = tree_.get<PipeStep>(step);
  Select select = tree_.get<Select>(parts.operand);
  SelectState state;
  state.node = parts.operand;
  state.rel = pipe.rel;
  level.scope = std::move(pipe.scope);
  define_windows(parts.more);
  level.aliases = &state.items;
  level.alias_rule = AliasRule::AfterColumns;
  find_generators(select.items);
  bind_items(select.items, state.items);
  no_aggregates(state.items, "select");
  pipe_items(state, select, {}, tree_.has(parts.operand, kDistinct), pipe);
}

void Binder::pipe_extend(NodeId step, Piped& pipe, Level& level) {
  NodeId list = tree_.get<PipeStep>(step).operand;
  SelectState state;
  state.node = step;
  state.rel = pipe.rel;
  state.keeps_hidden = true;
  level.scope = std::move(pipe.scope);
  level.aliases = &state.items;
  level.alias_rule = AliasRule::AfterColumns;
  find_generators(list);
  scope_items(step, state.items);
  for (NodeId node : tree_.list(list)) {
    if (tree_.is<Star>(node)) {
      report(diag::StarNotAllowed, node, "`|> extend` keeps every column by itself: `*` cannot stand in it");
    } else {
      bind_item(node, state.items);
    }
  }
  no_aggregates(state.items, "extend");
  pipe_items(state, {}, {}, false, pipe);
}

/// Each assignment sees the ones before it.
void Binder::pipe_set(NodeId step, Piped& pipe, Level& level) {
  for (NodeId assignment : tree_.list(tree_.get<PipeStep>(step).operand)) {
    SelectState state;
    state.node = step;
    state.rel = pipe.rel;
    state.keeps_hidden = true;
    level.scope = std::move(pipe.scope);
    scope_items(step, state.items);
    Symbol name = tree_.name(assignment);
    std::vector<Item*> found;
    for (Item& item : state.items) {
      if (item.name.folded() == name.folded()) found.push_back(&item);
    }
    std::vector<Item> value(1);
    value[0].node = assignment;
    value[0].value = bind_in(tree_.get<Assignment>(assignment).value, Clause::Select);
    no_aggregates(value, "set");
    if (found.size() == 1) {
      found[0]->value = value[0].value;
      found[0]->name = name;
      found[0]->node = assignment;
      found[0]->named = true;
    } else if (found.size() > 1) {
      report(diag::AmbiguousColumn, assignment, fmt::format("`{}` is the name of several columns", name.text()));
    } else if (!level.scope.broken()) {
      std::vector<std::string_view> known;
      for (const Item& item : state.items) known.push_back(item.name.text());
      auto builder = report(diag::UnknownColumn, assignment, fmt::format("no column `{}` to set", name.text()));
      std::string words = did_you_mean(name.text(), known);
      builder.help(words.empty() ? "`|> extend` adds a column" : words);
    }
    pipe_items(state, {}, {}, false, pipe);
  }
}

void Binder::pipe_drop(NodeId step, Piped& pipe, Level& level) {
  SelectState state;
  state.node = step;
  state.rel = pipe.rel;
  state.keeps_hidden = true;
  level.scope = std::move(pipe.scope);
  scope_items(step, state.items);
  std::vector<const ScopeColumn*> chosen;
  for (const ScopeColumn& one : level.scope.columns) {
    if (!one.hidden) chosen.push_back(&one);
  }
  std::vector<StarCut> cuts = star_cuts(tree_.get<PipeStep>(step).operand, chosen, level.scope);
  std::vector<Item> kept;
  for (size_t i = 0; i < chosen.size(); ++i) {
    std::vector<std::vector<Symbol>> paths;
    bool whole = false;
    for (const StarCut& cut : cuts) {
      if (cut.column != chosen[i]) continue;
      whole = whole || cut.path.empty();
      paths.push_back(cut.path);
    }
    if (whole) continue;
    if (!paths.empty()) state.items[i].value = without_fields(state.items[i].value, paths, step);
    kept.push_back(std::move(state.items[i]));
  }
  state.items = std::move(kept);
  pipe_items(state, {}, {}, false, pipe);
}

/// A key of AGGREGATE ... GROUP BY: a number counts the columns that come in.
ExprId Binder::pipe_key(NodeId node, Symbol& name) {
  if (!tree_.is<Literal>(node) || tree_.op<LiteralKind>(node) != LiteralKind::Integer) {
    ExprId key = bind_in(node, Clause::GroupBy);
    name = item_name(node, key);
    return key;
  }
  int64_t position = operand(bind_literal(node, false)).integer.value_or(0);
  int64_t count = 0;
  for (const ScopeColumn& one : level_->scope.columns) {
    if (one.hidden || ++count != position) continue;
    name = one.name;
    return column(one.id, one.name, node);
  }
  if (level_->scope.broken()) return error(node);
  return fail(diag::OrdinalRange, node, fmt::format("GROUP BY {} counts past the {} columns", position, count));
}

/// The keys, then the aggregates.
void Binder::pipe_aggregate(NodeId step, Piped& pipe, Level& level) {
  PipeStep parts = tree_.get<PipeStep>(step);
  SelectState state;
  state.node = step;
  state.rel = pipe.rel;
  state.group = parts.more;
  level.scope = std::move(pipe.scope);
  if (parts.more) {
    for (NodeId node : tree_.list(tree_.get<GroupBy>(parts.more).items)) {
      Item item;
      item.node = node;
      item.value = pipe_key(tree_.get<SelectItem>(node).value, item.name);
      item.named = !tree_.name(node).empty();
      if (item.named) item.name = tree_.name(node);
      key_number(item.value, state);
      state.items.push_back(std::move(item));
    }
  }
  size_t keys = state.items.size();
  level.aliases = &state.items;
  level.alias_rule = AliasRule::AfterColumns;
  if (parts.operand) bind_items(parts.operand, state.items);
  for (size_t i = keys; i < state.items.size(); ++i) {
    Item& item = state.items[i];
    if (info(item.value).window) {
      item.value = fail(diag::WindowNotAllowed, item.node, "`|> aggregate` takes no window functions");
    } else if (!info(item.value).aggregate && !type(item.value).is_error()) {
      item.value = fail(diag::NothingAggregated, item.node, "`|> aggregate` needs an aggregate in each item");
    }
  }
  Select select{};
  select.group = parts.more;
  pipe_items(state, select, {}, false, pipe);
}

}  // namespace pipec::sql
