// UNION, INTERSECT, EXCEPT: columns meet by position, once BY NAME has put them in order (bind_by_name.cpp).
#include <map>

#include "sql/bind.h"

namespace pipec::sql {

using namespace ast;

std::string_view set_op_words(SetOpKind kind) {
  switch (kind) {
    case SetOpKind::Union:
      return "UNION";
    case SetOpKind::Intersect:
      return "INTERSECT";
    case SetOpKind::Except:
      return "EXCEPT";
    case SetOpKind::Minus:
      return "MINUS";
  }
  return "";
}

namespace {

std::string ordinal(size_t number) {
  static constexpr std::string_view kWords[] = {"first", "second", "third", "fourth", "fifth"};
  return number < 5 ? std::string(kWords[number]) : fmt::format("{}th", number + 1);
}

}  // namespace

/// A chain of thousands leans to the left: its spine is walked, not recursed into.
Relation Binder::bind_set_op(NodeId node, Boundary* boundary) {
  std::vector<NodeId> spine;
  while (tree_.is<SetOp>(node)) {
    spine.push_back(node);
    node = tree_.get<SetOp>(node).left;
  }
  Relation left = bind_body(node, {}, boundary);
  // The first branch names the outputs, so its items are what the outputs' spans point at.
  std::vector<Span> spans = std::move(output_spans_);
  Scope named = std::move(output_scope_);
  scope_wanted_ = false;
  for (size_t i = spine.size(); i-- > 0;) {
    Relation right = bind_body(tree_.get<SetOp>(spine[i]).right, {}, boundary);
    left = combine(std::move(left), std::move(right), spine[i]);
  }
  output_spans_ = std::move(spans);
  output_scope_ = std::move(named);
  return left;
}

bool Binder::can_be_told_apart(const Relation& relation, NodeId node, std::string_view what) {
  for (const Relation::Column& column : relation.columns) {
    Type is = ir_[column.id].type;
    if (!holds(is, TypeKind::Map) && !holds(is, TypeKind::Variant)) continue;
    report(diag::NotComparable, node,
           fmt::format("{} compares rows, but `{}` is {}", what, column.name.text(), is.text()))
        .help("leave the column out, or turn it into text: `to_json(...)`");
    return false;
  }
  return true;
}

Relation Binder::combine(Relation left, Relation right, NodeId node) {
  auto kind = tree_.op<SetOpKind>(node);
  NodeId left_node = tree_.get<SetOp>(node).left;  // none behind `|>`
  Relation result;
  if (tree_.has(node, kByName) && !left.broken && !right.broken && !align(left, right, node)) left.broken = true;
  if (left.broken || right.broken) {
    result = left.columns.size() >= right.columns.size() ? left : right;
    result.broken = true;
    return result;
  }
  if (left.columns.size() != right.columns.size()) {
    report(diag::SetColumnCount, node,
           fmt::format("{} needs the same number of columns on both sides, but the left has {} and the right {}",
                       set_op_words(kind), left.columns.size(), right.columns.size()))
        .label(place(left_node ? left_node : node), fmt::format("{} columns", left.columns.size()))
        .label(place(tree_.get<SetOp>(node).right), fmt::format("{} columns", right.columns.size()));
    left.broken = true;
    return left;
  }
  std::vector<Type> types;
  bool cast_left = false, cast_right = false;
  for (size_t i = 0; i < left.columns.size(); ++i) {
    Type a = ir_[left.columns[i].id].type, b = ir_[right.columns[i].id].type;
    Type met;
    if (!a.is_error() && !b.is_error()) {
      if (std::optional<Type> common = set_operation_type(a, b)) {
        met = *common;
      } else {
        report(diag::SetColumnType, node,
               fmt::format("the {} column of {} is {} on the left and {} on the right", ordinal(i), set_op_words(kind),
                           a.text(), b.text()))
            .help("cast one of them to the other's type");
      }
    }
    cast_left = cast_left || (!met.is_error() && met != a);
    cast_right = cast_right || (!met.is_error() && met != b);
    types.push_back(met);
  }
  if (cast_left) left = project_cast(left, types, node);
  if (cast_right) right = project_cast(right, types, node);
  result.rel = add_rel(RelKind::SetOp, {left.rel, right.rel}, {}, node);
  ir_[result.rel].op = static_cast<uint8_t>(kind == SetOpKind::Minus ? SetOpKind::Except : kind);
  ir_[result.rel].all = tree_.has(node, kAll);
  std::map<std::pair<uint32_t, uint32_t>, ColumnId> made;  // one column twice on both sides stays one
  for (size_t i = 0; i < types.size(); ++i) {
    auto [at, fresh] = made.emplace(std::pair(left.columns[i].id.value, right.columns[i].id.value), ColumnId{});
    if (!fresh) {
      ir_[result.rel].outputs.push_back(at->second);
      result.columns.push_back({left.columns[i].name, at->second});
      continue;
    }
    bool a = ir_[left.columns[i].id].nullable, b = ir_[right.columns[i].id].nullable;
    bool nullable = kind == SetOpKind::Union ? a || b : kind == SetOpKind::Intersect ? a && b : a;
    Symbol name = left.columns[i].name;
    at->second = add_column(result.rel, name, types[i], nullable);
    result.columns.push_back({name, at->second});
  }
  bool compares = kind != SetOpKind::Union || !tree_.has(node, kAll);
  if (compares && !can_be_told_apart(result, node, set_op_words(kind))) result.broken = true;
  return result;
}

}  // namespace pipec::sql
