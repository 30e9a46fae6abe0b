#include "ast/build.h"

namespace pipec::ast {
namespace {

template <typename Enum>
uint8_t op_of(Enum value) {
  return static_cast<uint8_t>(value);
}

}  // namespace

// ---- names

NodeId SqlBuilder::name(Text text) {
  // Marked as quoted: an identifier for certain, whatever the word means bare. The printer drops needless
  // quotes.
  return tree_.add(NodeKind::Name, {}, text.symbol, 0, kQuoted);
}

NodeId SqlBuilder::names(const Texts& texts) {
  Ids ids;
  for (const Text& text : texts) ids.push_back(name(text));
  return list(ids);
}

NodeId SqlBuilder::qname(const Texts& parts) {
  Ids ids;
  for (const Text& part : parts) ids.push_back(name(part));
  return tree_.add(NodeKind::QName, ids);
}

NodeId SqlBuilder::column(Text text) {
  return tree_.add(NodeKind::ColumnRef, {name(text)});
}

NodeId SqlBuilder::column(Text qualifier, Text text) {
  if (qualifier.symbol.empty()) return column(text);
  return tree_.add(NodeKind::ColumnRef, {name(qualifier), name(text)});
}

NodeId SqlBuilder::word(Text text) {
  return tree_.add(NodeKind::ColumnRef, {tree_.add(NodeKind::Name, {}, text.symbol)});
}

NodeId SqlBuilder::star(Text qualifier) {
  NodeId of = qualifier.symbol.empty() ? NodeId{} : qname({qualifier});
  return tree_.add(NodeKind::Star, {of, {}});
}

NodeId SqlBuilder::list(const Ids& ids) {
  return tree_.add(NodeKind::List, ids);
}

// ---- literals

NodeId SqlBuilder::string(Text value) {
  return tree_.add(NodeKind::Literal, {}, value.symbol, op_of(LiteralKind::String));
}

NodeId SqlBuilder::integer(int64_t value) {
  if (value >= 0) {
    return tree_.add(NodeKind::Literal, {}, Symbol::of(std::to_string(value)), op_of(LiteralKind::Integer));
  }
  std::string digits = std::to_string(value).substr(1);
  NodeId literal = tree_.add(NodeKind::Literal, {}, Symbol::of(digits), op_of(LiteralKind::Integer));
  return tree_.add(NodeKind::Unary, {literal}, {}, op_of(UnaryOp::Minus));
}

NodeId SqlBuilder::number(Text written) {
  return tree_.add(NodeKind::Literal, {}, written.symbol, op_of(LiteralKind::Decimal));
}

NodeId SqlBuilder::null() {
  return tree_.add(NodeKind::Literal, {}, {}, op_of(LiteralKind::Null));
}

NodeId SqlBuilder::boolean(bool value) {
  return tree_.add(NodeKind::Literal, {}, {}, op_of(value ? LiteralKind::True : LiteralKind::False));
}

NodeId SqlBuilder::typed(TypedLiteralKind kind, Text value) {
  return tree_.add(NodeKind::TypedLiteral, {}, value.symbol, op_of(kind));
}

NodeId SqlBuilder::interval(int64_t amount, IntervalUnit unit) {
  std::string digits = std::to_string(amount);
  uint16_t flags = amount < 0 ? kNegated : 0;
  if (amount < 0) digits.erase(0, 1);
  NodeId part = tree_.add(NodeKind::IntervalPart, {}, Symbol::of(digits), op_of(unit), flags);
  return tree_.add(NodeKind::IntervalLiteral, {list({part})}, {}, op_of(IntervalUnit::None));
}

NodeId SqlBuilder::param(Text text) {
  return tree_.add(NodeKind::Param, {}, text.symbol);
}

// ---- expressions

NodeId SqlBuilder::call(Text function, const Ids& arguments) {
  return call_in({function}, arguments);
}

NodeId SqlBuilder::call_in(const Texts& function, const Ids& arguments) {
  Ids parts;
  for (const Text& part : function) parts.push_back(tree_.add(NodeKind::Name, {}, part.symbol));
  NodeId called = tree_.add(NodeKind::QName, parts);
  return tree_.add(NodeKind::Call, {called, list(arguments), {}, {}, {}});
}

NodeId SqlBuilder::cast(NodeId value, NodeId type) {
  return tree_.add(NodeKind::Cast, {value, type}, {}, op_of(CastOp::Cast));
}

NodeId SqlBuilder::try_cast(NodeId value, NodeId type) {
  return tree_.add(NodeKind::Cast, {value, type}, {}, op_of(CastOp::TryCast));
}

NodeId SqlBuilder::type(Text text, const std::vector<int>& arguments) {
  Ids ids;
  for (int argument : arguments) {
    ids.push_back(tree_.add(NodeKind::Literal, {}, Symbol::of(std::to_string(argument)), op_of(LiteralKind::Integer)));
  }
  return tree_.add(NodeKind::DataType, ids, text.symbol);
}

NodeId SqlBuilder::array_of(NodeId element) {
  return tree_.add(NodeKind::DataType, {element}, Symbol::of("array"));
}

NodeId SqlBuilder::map_of(NodeId key, NodeId value) {
  return tree_.add(NodeKind::DataType, {key, value}, Symbol::of("map"));
}

NodeId SqlBuilder::struct_of(const std::vector<std::pair<Text, NodeId>>& fields) {
  Ids ids;
  for (const auto& [field_name, field_type] : fields) {
    ids.push_back(tree_.add(NodeKind::StructField, {field_type}, field_name.symbol));
  }
  return tree_.add(NodeKind::DataType, ids, Symbol::of("struct"));
}

NodeId SqlBuilder::binary(BinaryOp op, NodeId left, NodeId right) {
  return tree_.add(NodeKind::Binary, {left, right}, {}, op_of(op));
}

NodeId SqlBuilder::chain(BinaryOp op, const Ids& conditions) {
  NodeId result;
  for (NodeId condition : conditions) {
    if (condition) result = result ? binary(op, result, condition) : condition;
  }
  return result;
}

NodeId SqlBuilder::and_all(const Ids& conditions) {
  return chain(BinaryOp::And, conditions);
}
NodeId SqlBuilder::or_all(const Ids& conditions) {
  return chain(BinaryOp::Or, conditions);
}

NodeId SqlBuilder::not_(NodeId condition) {
  return tree_.add(NodeKind::Unary, {condition}, {}, op_of(UnaryOp::Not));
}

NodeId SqlBuilder::is_null(NodeId value) {
  return tree_.add(NodeKind::Is, {value}, {}, op_of(IsOp::Null));
}

NodeId SqlBuilder::is_not_null(NodeId value) {
  return tree_.add(NodeKind::Is, {value}, {}, op_of(IsOp::Null), kNegated);
}

NodeId SqlBuilder::is_distinct(NodeId left, NodeId right) {
  return tree_.add(NodeKind::IsDistinct, {left, right});
}

NodeId SqlBuilder::is_not_distinct(NodeId left, NodeId right) {
  return tree_.add(NodeKind::IsDistinct, {left, right}, {}, 0, kNegated);
}

NodeId SqlBuilder::in_list(NodeId value, const Ids& items) {
  return tree_.add(NodeKind::InList, {value, list(items)});
}

NodeId SqlBuilder::in_query(NodeId value, NodeId query, bool negated) {
  return tree_.add(NodeKind::InQuery, {value, query}, {}, 0, negated ? kNegated : 0);
}

NodeId SqlBuilder::exists(NodeId query) {
  return tree_.add(NodeKind::Exists, {query});
}
NodeId SqlBuilder::scalar_query(NodeId query) {
  return tree_.add(NodeKind::ScalarQuery, {query});
}
NodeId SqlBuilder::row(const Ids& items) {
  return tree_.add(NodeKind::Row, {list(items)});
}

NodeId SqlBuilder::case_when(const std::vector<std::pair<NodeId, NodeId>>& whens, NodeId otherwise) {
  Ids ids;
  for (auto [condition, result] : whens) ids.push_back(tree_.add(NodeKind::When, {condition, result}));
  return tree_.add(NodeKind::Case, {{}, list(ids), otherwise});
}

NodeId SqlBuilder::field(NodeId value, Text text) {
  return tree_.add(NodeKind::Field, {value}, text.symbol);
}

NodeId SqlBuilder::over(NodeId call, const Ids& partition, const Ids& order, NodeId frame) {
  NodeId spec = tree_.add(NodeKind::WindowSpec, {optional_list(partition), optional_list(order), frame});
  Call parts = tree_.get<Call>(call);
  const Node node = tree_[call];
  return tree_.add(NodeKind::Call, {parts.function, parts.arguments, parts.within_group, parts.filter, spec}, {},
                   node.op, node.flags);
}

NodeId SqlBuilder::lambda(const Texts& parameters, NodeId body) {
  return tree_.add(NodeKind::Lambda, {names(parameters), body});
}

NodeId SqlBuilder::filter(NodeId call, NodeId condition) {
  Call parts = tree_.get<Call>(call);
  const Node node = tree_[call];
  return tree_.add(NodeKind::Call, {parts.function, parts.arguments, parts.within_group, condition, parts.window}, {},
                   node.op, node.flags);
}

NodeId SqlBuilder::distinct(NodeId call) {
  tree_.mutable_node(call).flags |= kDistinct;
  return call;
}

NodeId SqlBuilder::asc(NodeId value) {
  return tree_.add(NodeKind::OrderItem, {value});
}
NodeId SqlBuilder::desc(NodeId value) {
  return tree_.add(NodeKind::OrderItem, {value}, {}, 0, kDesc);
}

NodeId SqlBuilder::nulls_first(NodeId order_item) {
  tree_.mutable_node(order_item).flags |= kNullsFirst;
  return order_item;
}

NodeId SqlBuilder::nulls_last(NodeId order_item) {
  tree_.mutable_node(order_item).flags |= kNullsLast;
  return order_item;
}

NodeId SqlBuilder::bound(BoundKind kind, NodeId value) {
  return tree_.add(NodeKind::FrameBound, {value}, {}, op_of(kind));
}

NodeId SqlBuilder::frame(FrameUnit unit, NodeId start, NodeId end) {
  return tree_.add(NodeKind::Frame, {start, end}, {}, op_of(unit));
}

}  // namespace pipec::ast
