#include "print/sql_writer.h"

namespace pipec::print {

using namespace ast;

void SqlWriter::call(NodeId id) {
  Call parts = tree().get<Call>(id);
  function_name(parts.function);
  call_arguments(id);
  if (parts.within_group) {
    put(" within group ");
    parenthesised([&] {
      put("order by ");
      order_list(parts.within_group);
    });
  }
  if (parts.filter) {
    put(" filter ");
    parenthesised([&] { condition("where", parts.filter); });
  }
  if (node(id).has(kIgnoreNulls)) put(" ignore nulls");
  if (node(id).has(kRespectNulls)) put(" respect nulls");
  if (parts.window) {
    put(" over ");
    emit(parts.window);
  }
}

void SqlWriter::call_arguments(NodeId id) {
  NodeId list = tree().get<Call>(id).arguments;
  Commented around(*this, list);
  std::span<const NodeId> args = tree().list(list);
  auto joined = [&](size_t first, std::initializer_list<std::string_view> words) {
    auto word = words.begin();
    expr(args[first], Level::BitOr);
    for (size_t i = first + 1; i < args.size() && word != words.end(); ++i, ++word) {
      layout_.line();
      hoist(args[i]);
      put(*word);
      put(" ");
      expr(args[i], Level::BitOr);
    }
  };
  CallSyntax syntax = args.empty() ? CallSyntax::Plain : tree().op<CallSyntax>(id);
  switch (syntax) {
    case CallSyntax::Plain: {
      if (args.empty()) return put("()");
      return parenthesised([&] {
        if (node(id).has(kDistinct)) put("distinct ");
        comma_list(args);
      });
    }
    case CallSyntax::ExtractFrom:
      return parenthesised([&] {
        if (tree().is<Literal>(args[0])) {
          Commented field(*this, args[0]);
          put_identifier(node(args[0]).name, args[0], false);
        } else {
          expr(args[0], Level::Postfix);
        }
        put(" from ");
        expr(args[1], Level::BitOr);
      });
    case CallSyntax::Trim:
    case CallSyntax::TrimBoth:
    case CallSyntax::TrimLeading:
    case CallSyntax::TrimTrailing: {
      static constexpr std::string_view kSides[] = {"", "both ", "leading ", "trailing "};
      size_t side = static_cast<size_t>(syntax) - static_cast<size_t>(CallSyntax::Trim);
      return parenthesised([&] {
        put(kSides[side]);
        if (args.size() > 1) {
          expr(args[0], Level::BitOr);
          put(" ");
        }
        put("from ");
        expr(args.back(), Level::BitOr);
      });
    }
    case CallSyntax::SubstringFrom:
      return parenthesised([&] { joined(0, {"from", "for"}); });
    case CallSyntax::PositionIn:
      return parenthesised([&] { joined(0, {"in"}); });
    case CallSyntax::OverlayPlacing:
      return parenthesised([&] { joined(0, {"placing", "from", "for"}); });
  }
}

void SqlWriter::window(NodeId id) {
  WindowSpec spec = tree().get<WindowSpec>(id);
  bool first = true;
  auto part = [&] {
    if (!first) layout_.line();
    first = false;
  };
  parenthesised([&] {
    if (!node(id).name.empty()) {
      part();
      put_identifier(node(id).name, id, node(id).has(kQuoted));
    }
    if (spec.partition) {
      part();
      clause_list("partition by", spec.partition);
    }
    if (spec.order) {
      part();
      hoist(spec.order);
      put("order by ");
      order_list(spec.order);
    }
    if (!spec.frame) return;
    part();
    Commented around(*this, spec.frame);
    Frame frame = tree().get<Frame>(spec.frame);
    put(tree().op<FrameUnit>(spec.frame) == FrameUnit::Rows ? "rows " : "range ");
    if (frame.end) put("between ");
    frame_bound(frame.start);
    if (!frame.end) return;
    put(" and ");
    frame_bound(frame.end);
  });
}

void SqlWriter::frame_bound(NodeId id) {
  Commented around(*this, id);
  NodeId value = tree().get<FrameBound>(id).value;
  switch (tree().op<BoundKind>(id)) {
    case BoundKind::UnboundedPreceding:
      return put("unbounded preceding");
    case BoundKind::UnboundedFollowing:
      return put("unbounded following");
    case BoundKind::CurrentRow:
      return put("current row");
    case BoundKind::Preceding:
    case BoundKind::Following:
      expr(value, Level::BitOr);
      put(tree().op<BoundKind>(id) == BoundKind::Preceding ? " preceding" : " following");
  }
}

/// A List of OrderItem, or with one OrderAll.
void SqlWriter::order_list(NodeId list) {
  Commented around(*this, list);
  Layout::Group group(layout_);
  Layout::Indent indent(layout_);
  std::span<const NodeId> items = tree().kind(list) == NodeKind::List ? tree().list(list) : std::span(&list, 1);
  for (size_t i = 0; i < items.size(); ++i) {
    if (i != 0) {
      put(",");
      layout_.line();
    }
    hoist(items[i]);
    order_item(items[i]);
  }
}

void SqlWriter::order_item(NodeId id) {
  Commented around(*this, id);
  if (tree().is<OrderAll>(id)) {
    supports(Feature::GroupByAll, id, "ORDER BY ALL");
    put("all");
  } else {
    expr(tree().get<OrderItem>(id).value, Level::Any);
  }
  order_tail(id);
}

/// Direction, and the place of NULLs where it is not the one that the engine takes by itself.
void SqlWriter::order_tail(NodeId id) {
  bool descending = node(id).has(kDesc);
  if (descending) put(" desc");
  if (node(id).has(kAscWritten) && dialect_.has(Feature::NullsFirst)) put(" asc");
  bool first = node(id).has(kNullsFirst) || (!node(id).has(kNullsLast) && !descending);
  bool said = node(id).has(kNullsFirst) || node(id).has(kNullsLast);
  // Databricks has NULLs first where ascending, PostgreSQL where descending.
  bool by_itself = dialect_.has(Feature::NullsFirst) ? !said : first == descending;
  if (!by_itself) put(first ? " nulls first" : " nulls last");
}

}  // namespace pipec::print
