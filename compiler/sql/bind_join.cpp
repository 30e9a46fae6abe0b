// Joins: conditions, USING and NATURAL, and the NULLs that outer joins bring.
#include "sql/bind.h"

#include <algorithm>

namespace pipec::sql {

using namespace ast;

namespace {

bool keeps_left_only(JoinKind kind) {
  return kind == JoinKind::LeftSemi || kind == JoinKind::LeftAnti || kind == JoinKind::Semi || kind == JoinKind::Anti;
}

int find_visible(const Scope& scope, Symbol folded) {
  for (size_t i = 0; i < scope.columns.size(); ++i) {
    if (scope.columns[i].folded == folded && !scope.columns[i].hidden) return static_cast<int>(i);
  }
  return -1;
}

std::vector<std::string_view> visible_names(const Scope& scope) {
  std::vector<std::string_view> names;
  for (const ScopeColumn& column : scope.columns) {
    if (!column.hidden) names.push_back(column.name.text());
  }
  return names;
}

}  // namespace

RelId Binder::join(RelId left, Scope& scope, RelId right, Scope right_scope, JoinKind kind, NodeId node,
                   NodeId condition, bool natural, bool lateral) {
  bool semi = keeps_left_only(kind);
  size_t left_columns = scope.columns.size(), left_relations = scope.relations.size();
  size_t left_width = ir_[left].outputs.size(), right_width = ir_[right].outputs.size();

  std::vector<std::pair<uint32_t, uint32_t>> pairs;
  ExprId on;
  if (natural || tree_.is<Using>(condition)) {
    std::vector<std::pair<Symbol, NodeId>> names;
    if (natural) {
      // Of a name that comes several times, as many as both sides have.
      std::unordered_map<uint32_t, size_t> of_right;
      for (const ScopeColumn& column : right_scope.columns) of_right[column.folded.value] += !column.hidden;
      for (const ScopeColumn& column : scope.columns) {
        if (column.hidden || of_right[column.folded.value] == 0) continue;
        --of_right[column.folded.value];
        names.push_back({column.name, node});
      }
    } else {
      for (NodeId name : tree_.children(condition)) names.push_back({tree_.name(name), name});
    }
    on = using_condition(scope, right_scope, names, pairs, condition ? condition : node);
  }
  bool using_names = !pairs.empty();

  Level level = new_level(level_->boundary);
  level.scope = std::move(scope);
  if (using_names) {
    scope = std::move(level.scope);
  } else {
    level.scope.append(right_scope);
    if (condition && !tree_.is<Using>(condition)) {
      Restore restore(level_, &level);
      on = bind_condition(condition, Clause::JoinOn);
    }
    scope = std::move(level.scope);
  }

  if (lateral) check_lateral(left, right, on, node);
  RelId joined = add_rel(RelKind::Join, {left, right}, {on}, node);
  Rel& rel = ir_[joined];
  rel.op = static_cast<uint8_t>(kind);
  rel.lateral = lateral;
  rel.outputs = ir_[left].outputs;
  if (!semi) rel.outputs.insert(rel.outputs.end(), ir_[right].outputs.begin(), ir_[right].outputs.end());

  bool left_may_miss = kind == JoinKind::Right || kind == JoinKind::Full;
  bool right_may_miss = kind == JoinKind::Left || kind == JoinKind::Full;
  if (using_names) {
    if (left_may_miss) make_nullable(joined, 0, left_width, scope);
    if (right_may_miss) make_nullable(joined, left_width, right_width, right_scope);
    return merge_using(joined, scope, std::move(right_scope), kind, pairs, node);
  }
  if (left_may_miss) make_nullable(joined, 0, left_width, scope);
  if (right_may_miss) make_nullable(joined, left_width, right_width, scope);
  if (semi) {
    scope.columns.resize(left_columns);
    scope.relations.resize(left_relations);
  }
  return joined;
}

/// New columns for the outputs of one side: its rows may be missing.
void Binder::make_nullable(RelId join, size_t first, size_t count, Scope& scope) {
  std::unordered_map<uint32_t, ColumnId> fresh;
  for (size_t i = first; i < first + count; ++i) {
    ColumnId old = ir_[join].outputs[i];
    ColumnId id{static_cast<uint32_t>(ir_.columns.size())};
    Column column = ir_[old];
    column.nullable = true;
    column.relation = join;
    column.index = static_cast<uint32_t>(i);
    ir_.columns.push_back(column);
    ir_[join].outputs[i] = id;
    fresh[old.value] = id;
  }
  for (ScopeColumn& column : scope.columns) {
    if (auto at = fresh.find(column.id.value); at != fresh.end()) column.id = at->second;
  }
}

ExprId Binder::using_condition(Scope& left, Scope& right, std::vector<std::pair<Symbol, NodeId>> names,
                               std::vector<std::pair<uint32_t, uint32_t>>& pairs, NodeId node) {
  ExprId all;
  for (auto [name, where] : names) {
    int found[2];
    const Scope* sides[2] = {&left, &right};
    bool usable = true;
    for (int side = 0; side < 2; ++side) {
      // Of several columns with the name Spark takes the first.
      found[side] = find_visible(*sides[side], name.folded());
      std::string_view word = side == 0 ? "left" : "right";
      if (found[side] < 0) {
        usable = false;
        if (sides[side]->broken()) continue;
        auto builder =
            report(diag::UnknownColumn, where, fmt::format("no column `{}` on the {} of this join", name.text(), word));
        if (std::string words = did_you_mean(name.text(), visible_names(*sides[side])); !words.empty()) {
          builder.help(std::move(words));
        }
      }
    }
    if (!usable) continue;
    const ScopeColumn& a = left.columns[found[0]];
    const ScopeColumn& b = right.columns[found[1]];
    pairs.push_back({static_cast<uint32_t>(found[0]), static_cast<uint32_t>(found[1])});
    ExprId equal = binary(where, BinaryOp::Eq, column(a.id, a.name, where), column(b.id, b.name, where));
    all = all ? binary(node, BinaryOp::And, all, equal) : equal;
  }
  return all;
}

/// The scope after USING: the common columns once and first, then the rest of both sides.
RelId Binder::merge_using(RelId joined, Scope& left, Scope right, JoinKind kind,
                          const std::vector<std::pair<uint32_t, uint32_t>>& pairs, NodeId node) {
  std::vector<ScopeColumn> merged, hidden;
  std::vector<bool> left_used(left.columns.size()), right_used(right.columns.size());
  uint32_t shift = static_cast<uint32_t>(left.relations.size());
  for (ScopeColumn& column : right.columns) {
    if (column.relation != kNoRelation) column.relation += shift;
  }
  RelId result = joined;
  std::vector<ExprId> coalesced;
  for (auto [l, r] : pairs) {
    left_used[l] = right_used[r] = true;
    ScopeColumn a = left.columns[l], b = right.columns[r];
    if (kind == JoinKind::Full) {
      Type sides[2] = {ir_[a.id].type, ir_[b.id].type};
      std::optional<Type> common = sides[0].is_error() || sides[1].is_error() ? Type() : common_type(sides);
      Expr call;
      call.kind = ExprKind::Call;
      call.function = find_function("coalesce");
      call.type = common.value_or(Type());
      call.argument_count = 2;
      call.node = node;
      ExprId arguments[2] = {cast_to(column(a.id, a.name, node), call.type),
                             cast_to(column(b.id, b.name, node), call.type)};
      coalesced.push_back(add(call, arguments));
      merged.push_back({a.name, a.folded, {}, kNoRelation, false});
    } else {
      merged.push_back(kind == JoinKind::Right ? b : a);
    }
    if (kind != JoinKind::Right) hidden.push_back(b), hidden.back().hidden = true;
    if (kind == JoinKind::Right || kind == JoinKind::Full) hidden.push_back(a), hidden.back().hidden = true;
  }
  if (!coalesced.empty()) {
    std::vector<ExprId> exprs;
    std::vector<ColumnId> kept = ir_[joined].outputs;
    for (ColumnId id : kept) exprs.push_back(column(id, ir_[id].name, node));
    exprs.insert(exprs.end(), coalesced.begin(), coalesced.end());
    result = add_rel(RelKind::Project, {joined}, std::move(exprs), node);
    ir_[result].outputs = kept;
    for (size_t i = 0; i < coalesced.size(); ++i) {
      merged[i].id = add_column(result, merged[i].name, type(coalesced[i]), true);
    }
  }
  std::vector<ScopeColumn> columns = std::move(merged);
  for (size_t i = 0; i < left.columns.size(); ++i) {
    if (!left_used[i]) columns.push_back(left.columns[i]);
  }
  if (!keeps_left_only(kind)) {
    for (size_t i = 0; i < right.columns.size(); ++i) {
      if (!right_used[i]) columns.push_back(right.columns[i]);
    }
    columns.insert(columns.end(), hidden.begin(), hidden.end());
    left.relations.insert(left.relations.end(), right.relations.begin(), right.relations.end());
  }
  Scope scope;
  scope.relations = std::move(left.relations);
  scope.columns = std::move(columns);
  left = std::move(scope);
  return result;
}

}  // namespace pipec::sql
