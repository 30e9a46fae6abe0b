// The rule of each relation. A rule that is not certain gives nothing.
#include "facts/walk.h"

#include <algorithm>

namespace pipec::facts {

using sql::TableInterface;

Walk::Walk(const Request& request)
    : request_(request),
      ir_(request.query.ir),
      columns_(ir_.columns.size()),
      relations_(ir_.rels.size()),
      filter_above_(ir_.rels.size()),
      map_(ir_.columns.size()),
      pins_(ir_.columns.size()),
      left_(ir_.columns.size()),
      right_(ir_.columns.size()),
      by_expression_(proven(Origin::Expression)),
      by_filter_(proven(Origin::Filter)) {}

DerivationId Walk::proven(Origin origin) {
  return result_.derivations.leaf(origin, Basis::Proven);
}

void Walk::run() {
  std::vector<RelId> reported;
  for (uint32_t i = 1; i < ir_.rels.size(); ++i) {
    visit(RelId{i});
    if (request_.sink && ir_.rels[i].kind == RelKind::Aggregate) check_fan_out(*this, RelId{i}, reported);
  }
}

void Walk::visit(RelId id) {
  const Rel& rel = ir_[id];
  RelationFacts& facts = relations_[id.value];
  switch (rel.kind) {
    case RelKind::Scan:
      return scan(id);
    case RelKind::OneRow:
      return add_key(facts, {}, by_expression_);
    case RelKind::Values:
      return values(id);
    case RelKind::Project:
      return project(id);
    case RelKind::Filter:
      return filter(id);
    case RelKind::Join:
      return join(id);
    case RelKind::Aggregate:
      return aggregate(id);
    case RelKind::Window:
      return window(id);
    case RelKind::SetOp:
      return set_operation(id);
    case RelKind::Distinct:
      return distinct(id);
    case RelKind::Limit:
      return limit(id);
    case RelKind::Sort:
    case RelKind::Sample:
      facts = relations_[rel.inputs[0].value];
      return;
    case RelKind::Generate:
    case RelKind::TableFunction:
    case RelKind::Pivot:
    case RelKind::Unpivot:
    case RelKind::RecursiveCte:
    case RelKind::SelfReference:
      return;
  }
}

// ---- sets of columns

/// As roots, without columns that are the same in all rows; of a history's current versions the key says the rest.
void Walk::reduce(RelationFacts& facts) {
  std::vector<Key> keys = std::move(facts.keys);
  facts.keys.clear();
  for (Key& key : keys) {
    for (const Period& period : facts.periods) {
      if (!period.only_current) continue;
      ColumnId from = columns_.root(period.from);
      auto has = [&](ColumnId column) {
        ColumnId root = columns_.root(column);
        auto same = [&](ColumnId other) { return columns_.root(other) == root; };
        return columns_.constant(root) || std::any_of(key.columns.begin(), key.columns.end(), same);
      };
      if (!std::all_of(period.key.begin(), period.key.end(), has)) continue;
      std::erase_if(key.columns, [&](ColumnId column) { return columns_.root(column) == from; });
    }
    add_key(facts, std::move(key.columns), key.because);
  }
}

void Walk::add_key(RelationFacts& facts, std::vector<ColumnId> columns, DerivationId because) {
  for (ColumnId& column : columns) column = columns_.root(column);
  std::erase_if(columns, [&](ColumnId column) { return columns_.constant(column); });
  auto by_id = [](ColumnId a, ColumnId b) { return a.value < b.value; };
  std::sort(columns.begin(), columns.end(), by_id);
  columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
  auto holds = [&](const std::vector<ColumnId>& large, const std::vector<ColumnId>& small) {
    return std::includes(large.begin(), large.end(), small.begin(), small.end(), by_id);
  };
  // A set that somebody has merely declared does not make one needless that is better founded.
  auto weak = [&](DerivationId id) { return result_.derivations.basis(id) == Basis::Declared; };
  for (const Key& known : facts.keys) {
    if (holds(columns, known.columns) && (!weak(known.because) || weak(because))) return;
  }
  std::erase_if(facts.keys, [&](const Key& known) {
    return holds(known.columns, columns) && (!weak(because) || weak(known.because));
  });
  auto at = std::find_if(facts.keys.begin(), facts.keys.end(),
                         [&](const Key& known) { return known.columns.size() > columns.size(); });
  facts.keys.insert(at, {std::move(columns), because});
  if (facts.keys.size() > kMaxUnique) facts.keys.pop_back();
}

/// Through `map_`, from roots to the columns that are left.
bool Walk::map_key(const Key& key, std::vector<ColumnId>& columns) const {
  columns.clear();
  for (ColumnId column : key.columns) {
    if (columns_.constant(column)) continue;
    ColumnId now = map_.find(columns_.root(column));
    if (!now) return false;
    columns.push_back(now);
  }
  return true;
}

void Walk::map_periods(const RelationFacts& from, RelationFacts& to) {
  for (const Period& period : from.periods) {
    auto mapped = [&](ColumnId column) { return column ? map_.find(columns_.root(column)) : ColumnId{}; };
    Period now{{}, mapped(period.from), mapped(period.to), mapped(period.current), period.only_current};
    for (ColumnId column : period.key) now.key.push_back(mapped(column));
    bool whole = now.from && std::all_of(now.key.begin(), now.key.end(), [](ColumnId c) { return bool(c); });
    if (whole) to.periods.push_back(std::move(now));
  }
}

// ---- rules

void Walk::scan(RelId id) {
  const Rel& rel = ir_[id];
  const TableInterface* table = request_.catalog.table(rel.table);
  if (!table || table->broken || table->columns.size() != rel.outputs.size()) {
    poisoned_ = true;
    return;
  }
  Derivations& derivations = result_.derivations;
  for (size_t i = 0; i < rel.outputs.size(); ++i) {
    const sql::InterfaceColumn& column = table->columns[i];
    if (!column.never_null) continue;
    columns_.set_never_null(rel.outputs[i],
                            derivations.leaf(Origin::Table, *column.never_null, rel.table, {&column.name, 1}));
  }
  auto columns_at = [&](const std::vector<uint32_t>& positions) {
    std::vector<ColumnId> columns;
    for (uint32_t at : positions) columns.push_back(rel.outputs[at]);
    return columns;
  };
  RelationFacts& facts = relations_[id.value];
  for (const sql::InterfaceKey& key : table->keys) {
    std::vector<Symbol> names;
    for (uint32_t at : key.columns) names.push_back(table->columns[at].name);
    add_key(facts, columns_at(key.columns), derivations.leaf(Origin::Table, key.basis, rel.table, names));
  }
  if (!table->period) return;
  facts.periods.push_back({columns_at(table->period->key), rel.outputs[table->period->from],
                           rel.outputs[table->period->to], rel.outputs[table->period->current]});
}

/// Fills `map_` with what the outputs are made of, and gives the outputs what is known of that.
void Walk::rename(const Rel& rel, std::span<const ExprId> exprs) {
  map_.clear();
  for (bool exact : {true, false}) {  // a plain column stands for its value before a cast of it does
    for (size_t i = 0; i < exprs.size() && i < rel.outputs.size(); ++i) {
      ColumnId column = column_of(exprs[i]), output = rel.outputs[i];
      if (!column || exact != (ir_[exprs[i]].kind == ExprKind::Column)) continue;
      if (output != column) columns_.copy(column, output);
      ColumnId first = map_.put(columns_.root(column), output);
      if (first != output) columns_.unite(first, output);
    }
  }
}

void Walk::project(RelId id) {
  const Rel& rel = ir_[id];
  for (size_t i = 0; i < rel.exprs.size() && i < rel.outputs.size(); ++i) {
    ExprId expr = rel.exprs[i];
    if (column_of(expr)) continue;
    if (ir_[uncast(expr)].kind == ExprKind::Literal) columns_.set_constant(rel.outputs[i]);
    if (DerivationId because = never_null(expr)) columns_.set_never_null(rel.outputs[i], because);
  }
  rename(rel, rel.exprs);
  const RelationFacts& input = relations_[rel.inputs[0].value];
  RelationFacts& facts = relations_[id.value];
  std::vector<ColumnId> columns;
  for (const Key& key : input.keys) {
    if (map_key(key, columns)) add_key(facts, columns, key.because);
  }
  map_periods(input, facts);
}

void Walk::filter(RelId id) {
  const Rel& rel = ir_[id];
  std::vector<ExprId> conditions = conjuncts(rel.exprs.empty() ? ExprId{} : rel.exprs[0]);
  for (ExprId condition : conditions) hold(condition);
  join_again(id);
  RelationFacts& facts = relations_[id.value];
  facts = relations_[rel.inputs[0].value];
  hold_periods(facts, conditions);
  reduce(facts);
}

void Walk::aggregate(RelId id) {
  const Rel& rel = ir_[id];
  RelationFacts& facts = relations_[id.value];
  const RelationFacts& input = relations_[rel.inputs[0].value];
  bool several = rel.grouping_sets.size() > 1;
  std::vector<ExprId> keys(rel.exprs.begin(), rel.exprs.begin() + rel.group_count);
  if (rel.grouping_sets.size() == 1) {
    // A key that is in no set is NULL in each row.
    for (uint32_t i = 0; i < keys.size(); ++i) {
      const std::vector<uint32_t>& set = rel.grouping_sets[0];
      if (std::find(set.begin(), set.end(), i) == set.end()) keys[i] = {};
    }
  }
  bool grouped = !several && std::any_of(keys.begin(), keys.end(), [](ExprId key) { return bool(key); });
  for (size_t i = rel.group_count; i < rel.exprs.size() && i < rel.outputs.size(); ++i) {
    const Expr& call = ir_[rel.exprs[i]];
    std::string_view name = call.function ? call.function->name : std::string_view();
    bool of_values = name == "min" || name == "max" || name == "sum" || name == "avg";
    DerivationId because =
        of_values && grouped && !call.has_filter ? never_null(ir_.children(rel.exprs[i])[0]) : never_null(rel.exprs[i]);
    if (because) columns_.set_never_null(rel.outputs[i], because);
  }
  if (several) return;
  std::vector<ColumnId> group;
  for (size_t i = 0; i < keys.size(); ++i) {
    if (!keys[i]) {
      columns_.set_constant(rel.outputs[i]);
      continue;
    }
    group.push_back(rel.outputs[i]);
    if (column_of(keys[i])) continue;
    if (DerivationId because = never_null(keys[i])) columns_.set_never_null(rel.outputs[i], because);
  }
  rename(rel, keys);
  std::vector<ColumnId> columns;
  for (const Key& key : input.keys) {
    if (map_key(key, columns)) add_key(facts, columns, key.because);
  }
  add_key(facts, group, proven(group.empty() ? Origin::Aggregate : Origin::GroupBy));
}

void Walk::window(RelId id) {
  const Rel& rel = ir_[id];
  RelationFacts& facts = relations_[id.value];
  facts = relations_[rel.inputs[0].value];
  size_t passed = ir_[rel.inputs[0]].outputs.size();
  for (size_t i = 0; i < rel.exprs.size() && passed + i < rel.outputs.size(); ++i) {
    const Expr& expr = ir_[rel.exprs[i]];
    ColumnId output = rel.outputs[passed + i];
    if (DerivationId because = never_null(rel.exprs[i])) columns_.set_never_null(output, because);
    if (expr.kind != ExprKind::Window) continue;
    std::span<const ExprId> children = ir_.children(rel.exprs[i]);
    const Expr& call = ir_[children[0]];
    if (!call.function || call.function->name != "row_number") continue;
    columns_.set_row_number(output);
    std::vector<ColumnId> key{output};
    bool plain = true;
    for (ExprId partition : children.subspan(1, expr.partition_count)) {
      ColumnId column = column_of(partition);
      plain = plain && column;
      if (column) key.push_back(column);
    }
    if (plain) add_key(facts, std::move(key), proven(Origin::RowNumber));
  }
}

void Walk::values(RelId id) {
  const Rel& rel = ir_[id];
  RelationFacts& facts = relations_[id.value];
  size_t width = rel.outputs.size();
  if (width == 0) return;
  if (rel.exprs.size() <= width) add_key(facts, {}, proven(Origin::Values));
  for (size_t c = 0; c < width; ++c) {
    std::vector<int64_t> numbers;
    bool all_numbers = true, all_there = true;
    for (size_t i = c; i < rel.exprs.size(); i += width) {
      std::optional<int64_t> number = integer_of(rel.exprs[i]);
      all_numbers = all_numbers && number;
      all_there = all_there && never_null(rel.exprs[i]);
      numbers.push_back(number.value_or(0));
    }
    if (all_there) columns_.set_never_null(rel.outputs[c], proven(Origin::Values));
    std::sort(numbers.begin(), numbers.end());
    bool different = std::adjacent_find(numbers.begin(), numbers.end()) == numbers.end();
    if (all_numbers && different) add_key(facts, {rel.outputs[c]}, proven(Origin::Values));
  }
}

void Walk::set_operation(RelId id) {
  const Rel& rel = ir_[id];
  auto kind = static_cast<ast::SetOpKind>(rel.op);
  RelationFacts& facts = relations_[id.value];
  bool both_sides = kind != ast::SetOpKind::Except;
  for (size_t i = 0; i < rel.outputs.size(); ++i) {
    DerivationId left = columns_.never_null(ir_[rel.inputs[0]].outputs[i]);
    DerivationId right = columns_.never_null(ir_[rel.inputs[1]].outputs[i]);
    DerivationId because = kind == ast::SetOpKind::Except      ? left
                           : kind == ast::SetOpKind::Intersect ? (left ? left : right)
                           : left && right                     ? result_.derivations.both(left, right)
                                                               : DerivationId{};
    if (because) columns_.set_never_null(rel.outputs[i], because);
  }
  if (kind != ast::SetOpKind::Union) {
    for (size_t side = 0; side < (both_sides ? 2 : 1); ++side) {
      const Rel& input = ir_[rel.inputs[side]];
      map_.clear();
      for (size_t i = 0; i < rel.outputs.size(); ++i) map_.put(columns_.root(input.outputs[i]), rel.outputs[i]);
      std::vector<ColumnId> columns;
      for (const Key& key : relations_[rel.inputs[side].value].keys) {
        // What is the same in all rows of one side is so in what is left of it.
        if (map_key(key, columns)) add_key(facts, columns, key.because);
      }
    }
  }
  if (!rel.all) add_key(facts, rel.outputs, proven(Origin::Distinct));
}

void Walk::distinct(RelId id) {
  const Rel& rel = ir_[id];
  RelationFacts& facts = relations_[id.value];
  facts = relations_[rel.inputs[0].value];
  add_key(facts, rel.outputs, proven(Origin::Distinct));
}

void Walk::limit(RelId id) {
  const Rel& rel = ir_[id];
  RelationFacts& facts = relations_[id.value];
  facts = relations_[rel.inputs[0].value];
  std::optional<int64_t> most = rel.exprs[0] ? integer_of(rel.exprs[0]) : std::nullopt;
  if (most && *most <= 1) add_key(facts, {}, proven(Origin::Limit));
}

TableFacts Walk::take() {
  const auto& outputs = request_.query.outputs;
  map_.clear();
  std::vector<std::pair<ColumnId, uint32_t>> positions;
  for (uint32_t i = 0; i < outputs.size(); ++i) {
    if (DerivationId because = columns_.never_null(outputs[i].column)) result_.never_null.push_back({i, because});
    ColumnId root = columns_.root(outputs[i].column);
    if (!map_.find(root)) positions.push_back({map_.put(root, outputs[i].column), i});
  }
  std::vector<ColumnId> columns;
  for (const Key& key : relations_[request_.query.root.value].keys) {
    if (!map_key(key, columns)) continue;
    std::vector<uint32_t> at;
    for (ColumnId column : columns) {
      for (const auto& [output, position] : positions) {
        if (output == column) at.push_back(position);
      }
    }
    add_unique(result_, std::move(at), key.because);
  }
  return std::move(result_);
}

}  // namespace pipec::facts
