// Operators: the types that meet, the casts that makes, and what comes out.
#include "sql/bind.h"

namespace pipec::sql {

using namespace ast;

namespace {

std::string_view spelled(BinaryOp op) {
  static constexpr std::string_view kWords[] = {"OR", "AND", "=",  "<=>", "<>",  "<", "<=", ">", ">=", "||", "|",
                                                "^",  "&",   "<<", ">>",  ">>>", "+", "-",  "*", "/",  "%",  "DIV"};
  return kWords[static_cast<size_t>(op)];
}

}  // namespace

size_t Binder::misfit(std::span<const Type> types, std::optional<Type> (*common)(std::span<const Type>)) {
  size_t good = 1, bad = types.size();  // the first `good` types meet, the first `bad` do not
  while (good + 1 < bad) {
    size_t middle = good + (bad - good) / 2;
    (common(types.first(middle)) ? good : bad) = middle;
  }
  return bad - 1;
}

void Binder::warn_coercion(const BinaryResult& result, ExprId left, ExprId right, NodeId node) {
  if (result.lossy_string) {
    bool left_text = type(left).is_string() && !result.left.is_string();
    ExprId text = left_text ? left : right;
    if (ir_[text].kind == ExprKind::Literal) return;  // its value is there to see
    Type to = left_text ? result.left : result.right;
    warn(diag::LossyString, ir_[text].node ? ir_[text].node : node,
         fmt::format("this string is read as {} and fails where it is none", to.text()),
         fmt::format("say it: cast(... as {}), or try_cast for NULL where it is none", to.text()));
  }
  if (result.mixed_timestamps) {
    warn(diag::MixedTimestamps, node,
         fmt::format("{} meets {}: the session's time zone decides", type(left).text(), type(right).text()),
         "cast one of them with to_utc_timestamp() or convert_timezone()");
  }
}

ExprId Binder::finish_binary(NodeId node, ExprId left) {
  return binary(node, tree_.op<BinaryOp>(node), left, bind_expr(tree_.get<Binary>(node).right));
}

ExprId Binder::binary(NodeId node, BinaryOp op, ExprId left, ExprId right) {
  Type a = type(left), b = type(right);
  Expr expr;
  expr.kind = ExprKind::Binary;
  expr.op = static_cast<uint8_t>(op);
  expr.node = node;
  if (a.is_error() || b.is_error()) {
    // What compares is a condition whatever its sides are; the columns below still count.
    if (op <= BinaryOp::GtEq) expr.type = TypeKind::Boolean;
    expr.nullable = op != BinaryOp::NullSafeEq;
    ExprId sides[2] = {left, right};
    return add(expr, sides);
  }
  std::optional<BinaryResult> result = binary_result(op, operand(left), operand(right));
  if (!result) {
    if (a == b) {
      return fail(diag::OperandType, node, fmt::format("`{}` does not take {}", spelled(op), a.text()));
    }
    report(diag::OperandsDiffer, node, fmt::format("`{}` between {} and {}", spelled(op), a.text(), b.text()))
        .label(place(ir_[left].node), a.text())
        .label(place(ir_[right].node), b.text());
    return error(node);
  }
  warn_coercion(*result, left, right, node);
  expr.type = result->type;
  expr.nullable = result->nullable;
  expr.foldable = ir_[left].foldable && ir_[right].foldable;
  ExprId sides[2] = {cast_to(left, result->left), cast_to(right, result->right)};
  return add(expr, sides);
}

ExprId Binder::finish_unary(NodeId node, ExprId operand_id) {
  auto op = tree_.op<UnaryOp>(node);
  Type of = type(operand_id);
  if (of.is_error()) return op == UnaryOp::Not ? operand_id : error(node);
  std::optional<Type> result = unary_result(op, operand(operand_id));
  if (!result) {
    static constexpr std::string_view kWords[] = {"NOT", "-", "+", "~"};
    return fail(diag::OperandType, node,
                fmt::format("`{}` does not take {}", kWords[static_cast<size_t>(op)], of.text()));
  }
  Expr expr;
  expr.kind = ExprKind::Unary;
  expr.op = static_cast<uint8_t>(op);
  expr.type = *result;
  ExprId inner = cast_to(operand_id, *result);
  expr.nullable = nullable(inner);
  expr.foldable = ir_[inner].foldable;
  expr.node = node;
  return add(expr, {&inner, 1});
}

/// `x BETWEEN a AND b` is two comparisons, each with its own coercion.
ExprId Binder::finish_between(NodeId node, ExprId value) {
  Between parts = tree_.get<Between>(node);
  ExprId low = bind_expr(parts.low), high = bind_expr(parts.high);
  ExprId above = binary(node, BinaryOp::GtEq, value, low);
  if (type(above).is_error()) return above;
  ExprId below = binary(node, BinaryOp::LtEq, value, high);
  if (type(below).is_error()) return below;
  Expr expr;
  expr.kind = ExprKind::Between;
  expr.negated = tree_.has(node, kNegated);
  expr.type = TypeKind::Boolean;
  expr.nullable = nullable(above) || nullable(below);
  expr.foldable = ir_[above].foldable && ir_[below].foldable;
  expr.node = node;
  ExprId children[2] = {above, below};
  return add(expr, children);
}

ExprId Binder::finish_in_list(NodeId node, ExprId value) {
  std::vector<ExprId> all{value};
  for (NodeId item : tree_.list(tree_.get<InList>(node).items)) {
    if (!tree_.is<Star>(item)) {
      all.push_back(bind_expr(item));
      continue;
    }
    std::vector<Item> items;
    expand_star(item, items);
    for (const Item& one : items) all.push_back(one.value);
  }
  std::vector<Type> types;
  Expr expr;
  expr.kind = ExprKind::In;
  expr.negated = tree_.has(node, kNegated);
  expr.type = TypeKind::Boolean;
  expr.nullable = false;
  expr.foldable = true;
  expr.node = node;
  bool poisoned = false;
  for (ExprId id : all) {
    types.push_back(type(id));
    poisoned = poisoned || types.back().is_error();
    expr.foldable = expr.foldable && ir_[id].foldable;
  }
  if (!poisoned) {
    std::optional<Type> common = common_type(types);
    if (!common) {
      size_t culprit = misfit(types);
      report(diag::NoCommonType, node, fmt::format("IN compares {} with {}", types[0].text(), types[culprit].text()))
          .label(place(ir_[all[culprit]].node), types[culprit].text());
      return error(node);
    }
    if (!is_orderable(*common)) {
      return fail(diag::NotComparable, node, fmt::format("IN cannot compare {}", common->text()));
    }
    if (!common->is_string() && types[0].is_string() && ir_[value].kind != ExprKind::Literal) {
      warn(diag::LossyString, ir_[value].node,
           fmt::format("this string is read as {} and fails where it is none", common->text()),
           "compare with strings, or cast it");
    }
    for (ExprId& id : all) id = cast_to(id, *common);
  }
  for (ExprId id : all) expr.nullable = expr.nullable || nullable(id);
  return add(expr, all);
}

ExprId Binder::finish_like(NodeId node, ExprId value) {
  Like parts = tree_.get<Like>(node);
  std::vector<ExprId> all{value, bind_expr(parts.pattern)};
  if (parts.escape) all.push_back(bind_expr(parts.escape));
  Expr expr;
  expr.kind = ExprKind::Like;
  expr.op = static_cast<uint8_t>(tree_.op<LikeOp>(node));
  expr.negated = tree_.has(node, kNegated);
  expr.type = TypeKind::Boolean;
  expr.nullable = false;
  expr.foldable = true;
  expr.node = node;
  for (ExprId& id : all) {
    Type of = type(id);
    if (!of.is_error() && !of.is_string()) {
      if (!can_coerce(of, TypeKind::String)) {
        return fail(diag::ArgumentType, ir_[id].node, fmt::format("LIKE compares strings, not {}", of.text()));
      }
      id = cast_to(id, TypeKind::String);
    }
    expr.nullable = expr.nullable || nullable(id);
    expr.foldable = expr.foldable && ir_[id].foldable;
  }
  return add(expr, all);
}

ExprId Binder::finish_like_quantified(NodeId node, ExprId value) {
  std::vector<ExprId> all{value};
  for (NodeId item : tree_.list(tree_.get<LikeQuantified>(node).patterns)) all.push_back(bind_expr(item));
  Expr expr;
  expr.kind = ExprKind::Like;
  expr.op = tree_[node].op;
  expr.negated = tree_.has(node, kNegated);
  expr.type = TypeKind::Boolean;
  expr.nullable = false;
  expr.node = node;
  for (ExprId& id : all) {
    Type of = type(id);
    if (!of.is_error() && !of.is_string()) {
      if (!can_coerce(of, TypeKind::String)) {
        return fail(diag::ArgumentType, ir_[id].node, fmt::format("LIKE compares strings, not {}", of.text()));
      }
      id = cast_to(id, TypeKind::String);
    }
    expr.nullable = expr.nullable || nullable(id);
  }
  return add(expr, all);
}

ExprId Binder::finish_is(NodeId node, ExprId value) {
  auto op = tree_.op<IsOp>(node);
  Type of = type(value);
  bool any_type = op == IsOp::Null;
  if (!any_type && !of.is_error() && !of.is(TypeKind::Boolean) && !of.is(TypeKind::Void)) {
    return fail(diag::NotBoolean, node, fmt::format("IS TRUE needs true or false, not {}", of.text()));
  }
  Expr expr;
  expr.kind = ExprKind::Is;
  expr.op = static_cast<uint8_t>(op);
  expr.negated = tree_.has(node, kNegated);
  expr.type = TypeKind::Boolean;
  expr.nullable = false;
  expr.foldable = ir_[value].foldable;
  expr.node = node;
  return add(expr, {&value, 1});
}

ExprId Binder::finish_is_distinct(NodeId node, ExprId left) {
  ExprId equal = binary(node, BinaryOp::NullSafeEq, left, bind_expr(tree_.get<IsDistinct>(node).right));
  Expr expr;
  expr.kind = ExprKind::IsDistinct;
  expr.negated = tree_.has(node, kNegated);
  expr.type = type(equal);
  expr.nullable = false;
  expr.foldable = ir_[equal].foldable;
  expr.node = node;
  return add(expr, {&equal, 1});
}

namespace {

/// A cast knows no CHAR and VARCHAR: they are lengths of a table's columns.
Type without_lengths(Type type) {
  switch (type.kind()) {
    case TypeKind::Char:
    case TypeKind::Varchar:
      return TypeKind::String;
    case TypeKind::Array:
      return Type::array(without_lengths(type.element()), type.contains_null());
    case TypeKind::Map:
      return Type::map(without_lengths(type.key()), without_lengths(type.value()), type.contains_null());
    case TypeKind::Struct: {
      std::vector<StructFieldType> fields(type.fields().begin(), type.fields().end());
      for (StructFieldType& field : fields) field.type = without_lengths(field.type);
      return Type::structure(std::move(fields));
    }
    default:
      return type;
  }
}

}  // namespace

ExprId Binder::finish_cast(NodeId node, ExprId value) {
  Type to = without_lengths(bind_type(tree_.get<Cast>(node).type));
  auto op = tree_.op<CastOp>(node);
  Type from = type(value);
  if (!from.is_error() && !to.is_error() && !can_cast(from, to)) {
    report(diag::ImpossibleCast, node, fmt::format("{} cannot be cast to {}", from.text(), to.text()));
    return error(node);
  }
  Expr expr;
  expr.kind = ExprKind::Cast;
  expr.op = static_cast<uint8_t>(op);
  expr.type = to;
  expr.nullable = from.is_error() || to.is_error() || cast_nullable(from, to, nullable(value), op == CastOp::TryCast);
  expr.foldable = ir_[value].foldable;
  expr.node = node;
  return add(expr, {&value, 1});
}

/// Of array(...)[n] with a constant n it is known which element comes out; past the end it fails, so no NULL comes.
bool Binder::element_nullable(ExprId array, ExprId index, int64_t first) const {
  const Expr& made = ir_[array];
  bool literal_array = made.kind == ExprKind::Call && made.function && made.function->name == "array";
  std::optional<int64_t> at = operand(index).integer;
  if (!literal_array || !at) return true;
  std::span<const ExprId> elements = ir_.children(array);
  auto count = static_cast<int64_t>(elements.size());
  int64_t position = *at - first;
  if (first == 1 && *at < 0) position = count + *at;
  if (position < 0 || position >= count) return false;
  return nullable(elements[static_cast<size_t>(position)]);
}

ExprId Binder::finish_subscript(NodeId node, ExprId value) {
  NodeId index_node = tree_.get<Subscript>(node).index;
  if (tree_.is<Star>(index_node)) {
    not_supported(node, "a path through all elements");
    return error(node);
  }
  ExprId index = bind_expr(index_node);
  Type of = type(value), by = type(index);
  if (of.is_error() || by.is_error()) return error(node);
  Expr expr;
  expr.kind = ExprKind::Subscript;
  expr.node = node;
  expr.foldable = ir_[value].foldable && ir_[index].foldable;
  if (of.is(TypeKind::Array)) {
    if (!by.is_integral()) {
      return fail(diag::ArgumentType, ir_[index].node,
                  fmt::format("an array is read by a whole number, not {}", by.text()));
    }
    expr.type = of.element();
    expr.nullable = element_nullable(value, index, 0);
  } else if (of.is(TypeKind::Map)) {
    if (by != of.key()) {
      if (!can_coerce(by, of.key())) {
        return fail(diag::ArgumentType, ir_[index].node,
                    fmt::format("this map is read by {}, not {}", of.key().text(), by.text()));
      }
      index = cast_to(index, of.key());
    }
    expr.type = of.value();
  } else if (of.is(TypeKind::Variant) && ir_[value].kind == ExprKind::PathStep) {
    expr.kind = ExprKind::PathStep;
    expr.type = of;
  } else if (of.is(TypeKind::Struct) && ir_[index].kind == ExprKind::Literal && by.is_string()) {
    return bind_field(value, ir_[index].name, node, ir_[index].node);
  } else {
    return fail(diag::NotSubscriptable, node, fmt::format("{} has no elements to take by [...]", of.text()));
  }
  ExprId children[2] = {value, index};
  return add(expr, children);
}

/// `v:name`: of VARIANT a VARIANT, of a JSON string a string.
ExprId Binder::finish_path(NodeId node, ExprId value) {
  std::vector<ExprId> children{value};
  if (NodeId index = tree_.get<PathStep>(node).index) children.push_back(bind_expr(index));
  Type of = type(value);
  if (of.is_error()) return error(node);
  if (!of.is(TypeKind::Variant) && !of.is_string()) {
    return fail(diag::NotSubscriptable, node, fmt::format("`:` reads a VARIANT or a JSON string, not {}", of.text()));
  }
  Expr expr;
  expr.kind = ExprKind::PathStep;
  expr.name = tree_.name(node);
  expr.type = of.is_string() ? Type(TypeKind::String) : of;
  expr.node = node;
  return add(expr, children);
}

ExprId Binder::bind_case(NodeId node) {
  Case parts = tree_.get<Case>(node);
  std::vector<ExprId> children;
  Expr expr;
  expr.kind = ExprKind::Case;
  expr.node = node;
  ExprId subject;
  if (parts.operand) {
    subject = bind_expr(parts.operand);
    children.push_back(subject);
    expr.op |= 1;
  }
  std::vector<size_t> results;
  bool poisoned = false;
  for (NodeId when : tree_.list(parts.whens)) {
    When pair = tree_.get<When>(when);
    ExprId condition = bind_expr(pair.condition);
    if (subject) {
      // The comparison is what counts; it stands in for the written value, the subject inside it.
      condition = binary(pair.condition, BinaryOp::Eq, subject, condition);
    } else {
      condition = check_boolean(condition, pair.condition, "WHEN");
    }
    if (type(condition).is_error()) poisoned = true;
    children.push_back(condition);
    results.push_back(children.size());
    children.push_back(bind_expr(pair.result));
  }
  if (parts.otherwise) {
    results.push_back(children.size());
    children.push_back(bind_expr(parts.otherwise));
    expr.op |= 2;
  }
  std::vector<Type> types;
  for (size_t at : results) {
    types.push_back(type(children[at]));
    if (types.back().is_error()) poisoned = true;
  }
  if (!poisoned) {
    std::optional<Type> common = common_type(types);
    if (!common) {
      size_t culprit = misfit(types);
      report(diag::NoCommonType, node,
             fmt::format("the branches of CASE give {} and {}", types[0].text(), types[culprit].text()))
          .label(place(ir_[children[results[0]]].node), types[0].text())
          .label(place(ir_[children[results[culprit]]].node), types[culprit].text());
      return error(node);
    }
    for (size_t at : results) children[at] = cast_to(children[at], *common);
    expr.type = *common;
  }
  expr.nullable = !parts.otherwise;
  expr.foldable = true;
  for (size_t at : results) expr.nullable = expr.nullable || nullable(children[at]);
  for (ExprId child : children) expr.foldable = expr.foldable && ir_[child].foldable;
  return add(expr, children);
}

/// `(a, b)`: a struct with the fields col1, col2.
ExprId Binder::bind_row(NodeId node) {
  std::vector<ExprId> children;
  std::vector<StructFieldType> fields;
  Expr expr;
  expr.kind = ExprKind::Struct;
  expr.nullable = false;
  expr.foldable = true;
  expr.node = node;
  bool poisoned = false;
  std::vector<Item> items;
  for (NodeId item : tree_.list(tree_.get<Row>(node).items)) {
    if (tree_.is<Star>(item)) {
      expand_star(item, items);
      continue;
    }
    Symbol alias;
    if (tree_.is<SelectItem>(item)) {
      alias = tree_.name(item);
      item = tree_.get<SelectItem>(item).value;
    }
    ExprId value = bind_expr(item);
    if (alias.empty() && tree_.is<ColumnRef>(item)) alias = item_name(item, value);
    items.push_back({value, alias, item});
  }
  for (const Item& item : items) {
    ExprId value = item.value;
    children.push_back(value);
    poisoned = poisoned || type(value).is_error();
    expr.foldable = expr.foldable && ir_[value].foldable;
    Symbol name = item.name.empty() ? Symbol::of(fmt::format("col{}", children.size())) : item.name;
    fields.push_back({name, type(value), nullable(value)});
  }
  if (!poisoned) expr.type = Type::structure(std::move(fields));
  return add(expr, children);
}

}  // namespace pipec::sql
