// GROUP BY: keys by expression, alias, number, ALL; grouping sets; and the check that the rest is aggregated.
#include <algorithm>

#include "sql/select.h"

namespace pipec::sql {

using namespace ast;

namespace {

using Sets = std::vector<std::vector<uint32_t>>;

// CUBE of n keys has 2^n sets, and several of them multiply.
constexpr size_t kMaxSets = 4096;

void unite(std::vector<uint32_t>& into, const std::vector<uint32_t>& more) {
  for (uint32_t key : more) {
    if (std::find(into.begin(), into.end(), key) == into.end()) into.push_back(key);
  }
}

Sets product(const Sets& a, const Sets& b) {
  Sets result;
  for (const auto& x : a) {
    for (const auto& y : b) {
      if (result.size() >= kMaxSets) return result;
      result.push_back(x);
      unite(result.back(), y);
    }
  }
  return result;
}

Sets rollup(const Sets& units) {
  Sets result;
  for (size_t count = units.size() + 1; count-- > 0;) {
    result.emplace_back();
    for (size_t i = 0; i < count; ++i) unite(result.back(), units[i]);
  }
  return result;
}

Sets cube(const Sets& units) {
  Sets result;
  size_t count = size_t{1} << std::min<size_t>(units.size(), 12);
  for (size_t left_out = 0; left_out < count; ++left_out) {
    result.emplace_back();
    for (size_t i = 0; i < units.size(); ++i) {
      if (!(left_out >> (units.size() - 1 - i) & 1)) unite(result.back(), units[i]);
    }
  }
  return result;
}

}  // namespace

uint32_t Binder::key_number(ExprId key, SelectState& state) {
  auto [at, fresh] = state.key_numbers.emplace(info(key).hash, static_cast<uint32_t>(state.keys.size()));
  if (fresh) state.keys.push_back(key);
  return at->second;
}

/// A key as written: a number or a name of the select list, else an expression over FROM.
uint32_t Binder::group_key(NodeId node, SelectState& state) {
  NodeId inner = node;
  if (tree_.is<Literal>(inner) && tree_.op<LiteralKind>(inner) == LiteralKind::Integer) {
    ExprId number = bind_literal(inner, false);
    int64_t position = operand(number).integer.value_or(0);
    if (position < 1 || position > static_cast<int64_t>(state.items.size())) {
      report(diag::OrdinalRange, node,
             fmt::format("GROUP BY {} counts past the {} items of the select list", position, state.items.size()));
      return key_number(error(node), state);
    }
    ExprId value = state.items[position - 1].value;
    if (const Generator* generator = generator_of(value); generator && !ir_.children(generator->call).empty()) {
      value = ir_.children(generator->call)[0];  // rows are made of the groups, so its argument is the key
    }
    if (state.items[position - 1].lateral) return key_number(grouped_by_lateral(node), state);
    if (info(value).aggregate) {
      report(diag::AggregateNotAllowed, node,
             fmt::format("item {} holds an aggregate: it cannot be grouped by", position));
      return key_number(error(node), state);
    }
    return key_number(value, state);
  }
  ExprId key = bind_in(node, Clause::GroupBy);
  if (holds(type(key), TypeKind::Variant)) {
    key = fail(diag::NotComparable, node, fmt::format("{} cannot be grouped by", type(key).text()));
  }
  for (const Item& item : state.items) {
    if (item.value != key) continue;
    if (item.lateral) return key_number(grouped_by_lateral(node), state);
    break;
  }
  return key_number(key, state);
}

ExprId Binder::grouped_by_lateral(NodeId node) {
  report(diag::NotGrouped, node, "an item that reads another item's alias cannot be grouped by")
      .help("compute it in a subquery");
  return error(node);
}

std::vector<uint32_t> Binder::key_list(NodeId node, SelectState& state) {
  std::vector<uint32_t> keys;
  NodeId inner = node;
  while (tree_.is<Paren>(inner)) inner = tree_.get<Paren>(inner).inner;
  if (tree_.is<Row>(inner)) {
    for (NodeId item : tree_.list(tree_.get<Row>(inner).items)) unite(keys, {group_key(item, state)});
  } else {
    keys.push_back(group_key(inner, state));
  }
  return keys;
}

/// GROUPING SETS (...), or ROLLUP (...) and CUBE (...), which are written as calls. False for an ordinary key.
bool Binder::bind_grouping_sets(NodeId node, SelectState& state, Sets& sets) {
  std::span<const NodeId> items;
  Symbol word;
  if (tree_.is<GroupingSets>(node)) {
    items = tree_.list(tree_.get<GroupingSets>(node).sets);
  } else if (tree_.is<Call>(node)) {
    word = tree_.dotted(tree_.get<Call>(node).function).folded();
    if (word.text() != "rollup" && word.text() != "cube") return false;
    items = tree_.list(tree_.get<Call>(node).arguments);
  } else {
    return false;
  }
  Sets units;
  for (NodeId item : items) {
    Sets nested;
    if (bind_grouping_sets(item, state, nested)) {
      units.insert(units.end(), nested.begin(), nested.end());
    } else {
      units.push_back(key_list(item, state));
    }
  }
  sets = word.empty() ? units : expand_sets(units, word.text() == "cube", node);
  return true;
}

std::vector<std::vector<uint32_t>> Binder::expand_sets(Sets units, bool all_subsets, NodeId node) {
  if (!all_subsets) return rollup(units);
  if (units.size() > 12) {
    report(diag::TooLarge, node, "CUBE of more than 12 groups of keys");
    units.resize(12);
  }
  return cube(units);
}

/// GROUP BY ALL: every item without an aggregate.
void Binder::bind_group_all(SelectState& state) {
  bool mixed = false;  // an aggregate beside a column outside of it
  for (const Item& item : state.items) {
    if (type(item.value).is_error()) continue;
    if (item.lateral && !info(item.value).aggregate) {
      report(diag::NotGrouped, item.node, "an item that reads another item's alias cannot be grouped by")
          .help("compute it in a subquery");
      continue;
    }
    if (const Generator* generator = generator_of(item.value)) {
      std::span<const ExprId> arguments = ir_.children(generator->call);
      for (ExprId argument : std::vector(arguments.begin(), arguments.end())) {
        if (!info(argument).aggregate && !ir_[argument].foldable) key_number(argument, state);
      }
    } else if (!info(item.value).aggregate) {
      if (!ir_[item.value].foldable) key_number(item.value, state);
    } else {
      mixed = mixed || info(item.value).column;
    }
  }
  state.group_all = mixed;
}

/// A column or an item called "all" is meant by GROUP BY all.
bool Binder::all_is_a_name() const {
  Symbol all = Symbol::of("all");
  if (level_->scope.find({&all, 1}).outcome == Scope::Outcome::Found) return true;
  for (const Item& item : *level_->aliases) {
    if (item.named && item.name.folded() == all) return true;
  }
  return false;
}

void Binder::bind_group(NodeId group, SelectState& state) {
  GroupBy parts = tree_.get<GroupBy>(group);
  Restore restore(level_->alias_rule, AliasRule::GroupBy);
  if (tree_.has(group, kAll) && !all_is_a_name()) {
    bind_group_all(state);
    return;
  }
  if (tree_.has(group, kAll)) {
    // The name stands in the word itself; there is no node of its own.
    Symbol name = Symbol::of("all");
    Scope::Lookup found = level_->scope.find({&name, 1});
    ExprId key;
    if (found.outcome == Scope::Outcome::Found) {
      key = column(found.column->id, name, group);
    } else {
      for (const Item& item : state.items) {
        if (item.named && item.name.folded() == name) key = item.value;
      }
    }
    key_number(key, state);
    return;
  }
  Sets all{{}};
  Sets units;  // of WITH ROLLUP and WITH CUBE
  auto kind = tree_.op<GroupKind>(group);
  for (NodeId item : tree_.list(parts.items)) {
    if (Sets sets; bind_grouping_sets(item, state, sets)) {
      state.has_sets = true;
      all = product(all, sets);
      continue;
    }
    if (tree_.is<Row>(item) && tree_.list(tree_.get<Row>(item).items).empty()) continue;  // GROUP BY ()
    // `(a, b)` in a plain list is a struct; after WITH ROLLUP it is one unit.
    std::vector<uint32_t> keys =
        kind == GroupKind::Plain ? std::vector<uint32_t>{group_key(item, state)} : key_list(item, state);
    units.push_back(keys);
    if (kind == GroupKind::Plain) all = product(all, {keys});
  }
  if (kind == GroupKind::Plain) {
    state.sets = std::move(all);
    return;
  }
  state.has_sets = true;
  if (kind == GroupKind::GroupingSets) {
    state.sets.clear();
    for (NodeId set : tree_.list(parts.sets)) {
      if (Sets nested; bind_grouping_sets(set, state, nested)) {
        state.sets.insert(state.sets.end(), nested.begin(), nested.end());
      } else {
        state.sets.push_back(key_list(set, state));
      }
    }
    return;
  }
  state.sets = expand_sets(std::move(units), kind == GroupKind::Cube, group);
}

/// grouping(a) and grouping_id(a, b) ask about the keys of grouping sets.
void Binder::check_grouping(ExprId id, SelectState& state) {
  const Expr& expr = ir_[id];
  NodeId node = expr.node;
  bool asks_nothing = expr.function->name == "grouping_id" && ir_.children(id).empty();
  if (!state.has_sets || (state.keys.empty() && !asks_nothing)) {
    // GROUPING SETS (()) has no key that could be asked about.
    report(diag::GroupingMismatch, node,
           fmt::format("{}() needs GROUPING SETS, CUBE or ROLLUP with keys", expr.function->name));
    return;
  }
  std::span<const ExprId> arguments = ir_.children(id);
  bool single = expr.function->name == "grouping";
  bool good = single || arguments.empty() || arguments.size() == state.keys.size();
  for (size_t i = 0; i < arguments.size() && good; ++i) {
    auto key = state.key_numbers.find(info(arguments[i]).hash);
    good = key != state.key_numbers.end() && (single || key->second == i);
  }
  if (!good) {
    report(diag::GroupingMismatch, node,
           single ? "grouping() asks about one of the keys of GROUP BY"
                  : "grouping_id() lists the keys of GROUP BY in their order, or none");
  }
}

/// After HAVING, and beside windows, rows are already made: ORDER BY sees the outputs and the keys alone.
void Binder::check_order_above_groups(SelectState& state) {
  std::vector<bool> is_item(ir_.exprs.size());
  bool windows = false;
  std::vector<uint64_t> item_hashes;
  for (const Item& item : state.items) {
    is_item[item.value.value] = true;
    windows = windows || info(item.value).window;
    item_hashes.push_back(info(item.value).hash);
  }
  std::sort(item_hashes.begin(), item_hashes.end());
  for (ExprId& key : state.order) {
    if (!windows && std::binary_search(item_hashes.begin(), item_hashes.end(), info(key).hash)) continue;
    std::vector<ExprId> stack{key};
    bool good = true;
    while (!stack.empty() && good) {
      ExprId id = stack.back();
      stack.pop_back();
      const Expr& expr = ir_[id];
      if (id.value < is_item.size() && is_item[id.value]) continue;
      if (expr.kind == ExprKind::Column) {
        if (state.key_numbers.contains(info(id).hash) || type(id).is_error()) continue;
        report(diag::UnknownColumn, expr.node,
               fmt::format("`{}` is gone here: after HAVING or a window, ORDER BY sees the selected columns "
                           "and the keys",
                           expr.name.text()))
            .help("give it a name in the select list and order by that");
        good = false;
      } else if (expr.kind == ExprKind::Call && expr.function && expr.function->kind == FunctionKind::Aggregate &&
                 !info(id).windowed) {
        report(diag::AggregateNotAllowed, expr.node,
               "after HAVING or a window, ORDER BY cannot aggregate: it sees the selected columns and the keys")
            .help("give it a name in the select list and order by that");
        good = false;
      }
      for (ExprId child : ir_.children(id)) stack.push_back(child);
    }
    if (!good) key = error(ir_[key].node);
  }
}

/// Adds the Aggregate relation and moves everything above it onto its outputs.
void Binder::aggregate(SelectState& state) {
  RelId rel = add_rel(RelKind::Aggregate, {state.rel}, state.keys, state.node);
  ir_[rel].group_count = static_cast<uint32_t>(state.keys.size());
  if (state.has_sets) ir_[rel].grouping_sets = state.sets;
  for (uint32_t i = 0; i < state.keys.size(); ++i) {
    bool missing = false;  // from some set: NULL in its rows
    if (state.has_sets) {
      for (const auto& set : state.sets) missing = missing || std::find(set.begin(), set.end(), i) == set.end();
    }
    const Expr& key = ir_[state.keys[i]];
    Symbol name = key.kind == ExprKind::Column ? key.name : Symbol();
    add_column(rel, name, key.type, key.nullable || missing);
  }
  std::unordered_map<uint64_t, ColumnId> made;
  std::unordered_map<uint32_t, ExprId> memo;
  std::vector<ExprId> wrong;
  auto replace = [&](ExprId id) -> ExprId {
    const Expr& expr = ir_[id];
    if (auto key = state.key_numbers.find(info(id).hash); key != state.key_numbers.end()) {
      return column(ir_[rel].outputs[key->second], expr.name, expr.node);
    }
    if (info(id).grouping && expr.kind == ExprKind::Call && expr.function && is_grouping(expr.function->name)) {
      check_grouping(id, state);
      return id;
    }
    bool is_aggregate = expr.kind == ExprKind::Call && expr.function &&
                        expr.function->kind == FunctionKind::Aggregate && !info(id).windowed;
    if (is_aggregate) {
      auto [at, fresh] = made.emplace(info(id).hash, ColumnId{});
      if (fresh) {
        at->second = add_column(rel, {}, expr.type, expr.nullable);
        ir_[rel].exprs.push_back(id);
      }
      return column(at->second, {}, ir_[id].node);
    }
    if (expr.kind == ExprKind::Column && !ir_[expr.column].relation) return id;  // made above the groups
    if (expr.kind == ExprKind::Column) {
      wrong.push_back(id);
      return error(expr.node);
    }
    return {};
  };
  for (Item& item : state.items) item.value = rewrite(item.value, memo, replace);
  for (Generator& generator : level_->generators) {
    if (generator.call) generator.call = rewrite(generator.call, memo, replace);
  }
  if (state.having) state.having = rewrite(state.having, memo, replace);
  if (state.qualify) state.qualify = rewrite(state.qualify, memo, replace);
  for (ExprId& key : state.order) key = rewrite(key, memo, replace);

  bool broken_key = false;  // what was meant to be grouped is not known
  for (ExprId key : state.keys) broken_key = broken_key || type(key).is_error();
  if (broken_key) wrong.clear();
  for (ExprId id : wrong) {
    const Expr& expr = ir_[id];
    if (ir_[expr.column].type.is_error()) continue;
    std::string_view name = expr.name.text();
    if (state.group_all && state.keys.empty()) {
      report(diag::NotGrouped, expr.node,
             fmt::format("GROUP BY ALL finds no key for `{}`: every item holds an aggregate", name));
    } else if (!state.group) {
      report(diag::MissingGroupBy, expr.node,
             fmt::format("`{}` stands beside an aggregate, but there is no GROUP BY", name))
          .help(fmt::format("add GROUP BY, or take any_value({})", name));
    } else {
      report(diag::NotGrouped, expr.node, fmt::format("`{}` is neither grouped by nor inside an aggregate", name))
          .help(fmt::format("add it to GROUP BY, or take any_value({})", name));
    }
  }
  state.rel = rel;
}

}  // namespace pipec::sql
