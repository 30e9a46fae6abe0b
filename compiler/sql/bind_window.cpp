// OVER: named windows, partitions, orders and frames.
#include <algorithm>

#include "sql/call.h"

namespace pipec::sql {

using namespace ast;

/// The specification behind a name, or none (reported).
NodeId Binder::named_window(NodeId name_node) {
  Symbol name = tree_.name(name_node);
  std::vector<std::string_view> names;
  for (const auto& [folded, spec] : level_->windows) {
    if (folded == name.folded()) return spec;
    names.push_back(folded.text());
  }
  auto builder = report(diag::UnknownWindow, name_node, fmt::format("no window `{}` in this query", name.text()));
  if (std::string words = did_you_mean(name.text(), names); !words.empty()) builder.help(words);
  return {};
}

ExprId Binder::bind_window(ExprId call, NodeId spec, NodeId node) {
  // A name may stand for a name; a chain longer than the list of windows runs in a circle.
  for (size_t steps = 0; spec && tree_.is<Name>(spec); ++steps) {
    if (steps > level_->windows.size()) {
      return fail(diag::UnknownWindow, spec,
                  fmt::format("the window `{}` is defined by itself", tree_.name(spec).text()));
    }
    spec = named_window(spec);
  }
  if (!spec) return error(node);
  WindowSpec parts = tree_.get<WindowSpec>(spec);
  if (!tree_.name(spec).empty() && !parts.partition && !parts.order && !parts.frame) {
    for (const auto& [folded, named] : level_->windows) {
      if (folded == tree_.name(spec).folded() && named != spec) return bind_window(call, named, node);
    }
  }
  const FunctionInfo* function = ir_[call].function;
  if (ir_[call].kind == ExprKind::Call && function && function->kind != FunctionKind::Aggregate &&
      function->kind != FunctionKind::Window) {
    return fail(diag::NotWindowable, node, fmt::format("{}() cannot be used with OVER", function->name));
  }
  if (ir_[call].kind == ExprKind::Call && ir_[call].distinct) {
    return fail(diag::NotWindowable, node, "DISTINCT cannot be used with OVER");
  }
  std::vector<ExprId> children{call};
  auto bind_key = [&](NodeId key) {
    ExprId value = bind_in(key, Clause::Window);
    if (is_orderable(type(value))) return value;
    return fail(diag::NotComparable, key, fmt::format("{} has no order", type(value).text()));
  };
  for (NodeId key : tree_.list(parts.partition)) children.push_back(bind_key(key));
  size_t partitions = children.size() - 1;
  std::vector<ExprId> order;
  if (!tree_.is<OrderAll>(parts.order)) {
    for (NodeId item : tree_.list(parts.order)) order.push_back(bind_key(tree_.get<OrderItem>(item).value));
  }
  if (function && function->kind == FunctionKind::Window && order.empty()) {
    report(diag::BadFrame, spec, fmt::format("{}() needs ORDER BY in its window", function->name));
    return error(node);
  }
  static constexpr std::string_view kWhole[] = {"percentile_cont", "percentile_disc", "median", "listagg",
                                                "string_agg"};
  bool whole = function && std::find(std::begin(kWhole), std::end(kWhole), function->name) != std::end(kWhole);
  if (whole && (!order.empty() || parts.frame)) {
    return fail(diag::BadFrame, node,
                fmt::format("{}() works on whole partitions: no ORDER BY and no frame", function->name));
  }
  if (parts.frame) bind_frame(parts.frame, order, function);
  children.insert(children.end(), order.begin(), order.end());
  Expr expr;
  expr.kind = ExprKind::Window;
  expr.type = type(call);
  expr.nullable = nullable(call);
  expr.partition_count = static_cast<uint32_t>(partitions);
  expr.node = node;
  if (parts.frame) expr.name = Symbol::of(fmt::format("frame {}", parts.frame.value));
  return add(expr, children);
}

void Binder::bind_frame(NodeId frame, std::span<const ExprId> order, const FunctionInfo*) {
  Frame parts = tree_.get<Frame>(frame);
  auto unit = tree_.op<FrameUnit>(frame);
  for (NodeId bound : {parts.start, parts.end}) {
    if (!bound) continue;
    NodeId value_node = tree_.get<FrameBound>(bound).value;
    if (!value_node) continue;
    ExprId value = bind_in(value_node, Clause::Window);
    if (type(value).is_error()) continue;
    if (!ir_[value].foldable) {
      report(diag::BadFrame, value_node, "the bound of a frame must be a constant");
    } else if (unit == FrameUnit::Rows && !type(value).is_integral()) {
      report(diag::BadFrame, value_node, fmt::format("ROWS counts rows: {} is no whole number", type(value).text()));
    } else if (unit == FrameUnit::Range && order.size() != 1) {
      report(diag::BadFrame, frame, "RANGE with a distance needs exactly one ORDER BY expression");
    }
  }
  if (unit == FrameUnit::Range && order.empty() && parts.start) {
    auto start = tree_.op<BoundKind>(parts.start);
    bool whole = start == BoundKind::UnboundedPreceding && parts.end &&
                 tree_.op<BoundKind>(parts.end) == BoundKind::UnboundedFollowing;
    if (!whole) report(diag::BadFrame, frame, "RANGE needs ORDER BY in its window");
  }
}

}  // namespace pipec::sql
