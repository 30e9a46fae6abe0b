// The name of an item that has none: a column's own, else what Spark makes of the expression (toPrettySQL).
#include <algorithm>

#include "sql/bind.h"

namespace pipec::sql {

using namespace ast;

namespace {

// An expression so deep has no readable name; Spark cuts it off too.
constexpr int kDeepest = 60;

std::string upper(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](char c) { return c >= 'a' && c <= 'z' ? c - 32 : c; });
  return text;
}

std::string_view spelled(BinaryOp op) {
  static constexpr std::string_view kWords[] = {"OR", "AND", "=",  "<=>", "=",   "<", "<=", ">", ">=", "||", "|",
                                                "^",  "&",   "<<", ">>",  ">>>", "+", "-",  "*", "/",  "%",  "div"};
  return kWords[static_cast<size_t>(op)];
}

class NamePrinter {
 public:
  NamePrinter(const Ir& ir, const Tree& tree) : ir_(ir), tree_(tree) {}

  std::string text(ExprId id, int depth = 0) const {
    if (depth > kDeepest) return "...";
    const Expr& expr = ir_[id];
    std::span<const ExprId> children = ir_.children(id);
    auto child = [&](size_t i) { return text(children[i], depth + 1); };
    switch (expr.kind) {
      case ExprKind::Column:
      case ExprKind::OuterColumn:
      case ExprKind::LambdaParameter:
        return std::string(expr.name.text());
      case ExprKind::Literal:
        return literal(expr);
      case ExprKind::Unary:
        return unary(expr, child(0));
      case ExprKind::Binary:
        return binary(expr, children, child(0), child(1));
      case ExprKind::Between:
        return negate(expr, fmt::format("between({}, {}, {})", side(children[0], 0, depth), side(children[0], 1, depth),
                                        side(children[1], 1, depth)));
      case ExprKind::In:
        return negate(expr, fmt::format("({} IN ({}))", child(0), list(children.subspan(1), depth)));
      case ExprKind::InQuery:
        return negate(expr, fmt::format("({} IN (listquery()))", child(0)));
      case ExprKind::Like:
        return like(expr, children, depth);
      case ExprKind::Is:
        return is(expr, child(0));
      case ExprKind::IsDistinct:
        return expr.negated ? child(0) : "(NOT " + child(0) + ")";
      case ExprKind::Case:
        return case_text(expr, children, depth);
      case ExprKind::Cast:
        return cast(expr, child(0));
      case ExprKind::Call:
        return call(expr, children, depth);
      case ExprKind::Lambda:
        return "lambdafunction(" + child(0) + ")";
      case ExprKind::Exists:
        return "exists(" + list(children, depth) + ")";
      case ExprKind::ScalarQuery:
        return "scalarsubquery(" + list(children, depth) + ")";
      case ExprKind::Subscript:
        return child(0) + "[" + child(1) + "]";
      case ExprKind::Field:
        return child(0) + "." + std::string(expr.name.text());
      case ExprKind::PathStep:
        return child(0) + ":" + std::string(expr.name.text());
      case ExprKind::Struct:
        return structure(expr, children, depth);
      case ExprKind::Window:
        return window(expr, children, depth);
      case ExprKind::Parameter:
      case ExprKind::Error:
        break;
    }
    return {};
  }

 private:
  std::string list(std::span<const ExprId> ids, int depth) const {
    std::string result;
    for (ExprId id : ids) {
      if (!result.empty()) result += ", ";
      result += text(id, depth + 1);
    }
    return result;
  }

  std::string side(ExprId comparison, size_t index, int depth) const {
    std::span<const ExprId> sides = ir_.children(comparison);
    return index < sides.size() ? text(sides[index], depth + 1) : std::string();
  }

  static std::string negate(const Expr& expr, std::string inner) {
    return expr.negated ? "(NOT " + inner + ")" : inner;
  }

  std::string literal(const Expr& expr) const {
    std::string value(expr.name.text());
    switch (expr.type.kind()) {
      case TypeKind::Void:
        return "NULL";
      case TypeKind::Date:
        return "DATE '" + value + "'";
      case TypeKind::Timestamp:
        return "TIMESTAMP '" + value + "'";
      case TypeKind::TimestampNtz:
        return "TIMESTAMP_NTZ '" + value + "'";
      case TypeKind::Time:
        return "TIME '" + value + "'";
      case TypeKind::Binary:
        return "X'" + upper(value) + "'";
      case TypeKind::IntervalYearMonth:
      case TypeKind::IntervalDayTime:
        return interval(expr);
      case TypeKind::Double:
      case TypeKind::Float:
        while (!value.empty() && value.back() >= 'A' && value.back() != 'e' && value.back() != 'E') value.pop_back();
        return value;
      default:
        return value;
    }
  }

  std::string interval(const Expr& expr) const {
    static constexpr std::string_view kFields[] = {"YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND"};
    std::string number(expr.name.text().substr(0, expr.name.text().find(' ')));
    auto first = expr.type.first_field(), last = expr.type.last_field();
    bool padded = first == last && first >= IntervalField::Hour && number.size() == 1;
    std::string unit(kFields[static_cast<size_t>(first)]);
    if (first != last) unit += " TO " + std::string(kFields[static_cast<size_t>(last)]);
    return fmt::format("INTERVAL '{}{}' {}", padded ? "0" : "", number, unit);
  }

  static std::string unary(const Expr& expr, const std::string& inner) {
    switch (static_cast<UnaryOp>(expr.op)) {
      case UnaryOp::Not:
        return "(NOT " + inner + ")";
      case UnaryOp::Minus:
        return "(- " + inner + ")";
      case UnaryOp::Plus:
        return "(+ " + inner + ")";
      case UnaryOp::BitNot:
        return "~" + inner;
    }
    return inner;
  }

  std::string binary(const Expr& expr, std::span<const ExprId> children, std::string left, std::string right) const {
    auto op = static_cast<BinaryOp>(expr.op);
    if (op == BinaryOp::Concat) return fmt::format("concat({}, {})", left, right);
    if (op == BinaryOp::NotEq) return fmt::format("(NOT ({} = {}))", left, right);
    Type a = ir_[children[0]].type, b = ir_[children[1]].type;
    bool moves = op == BinaryOp::Add || op == BinaryOp::Subtract;
    if (moves && a.is(TypeKind::Date) && b.is_integral()) {
      return fmt::format("date_{}({}, {})", op == BinaryOp::Add ? "add" : "sub", left, right);
    }
    if (moves && b.is(TypeKind::Date) && a.is_integral()) return fmt::format("date_add({}, {})", right, left);
    if (moves && a.is_datetime() && b.is_interval()) return fmt::format("{} {} {}", left, spelled(op), right);
    if (moves && b.is_datetime() && a.is_interval()) return fmt::format("{} {} {}", right, spelled(op), left);
    return fmt::format("({} {} {})", left, spelled(op), right);
  }

  std::string like(const Expr& expr, std::span<const ExprId> children, int depth) const {
    auto op = static_cast<LikeOp>(expr.op & 15);
    std::string left = text(children[0], depth + 1), right = children.size() > 1 ? text(children[1], depth + 1) : "";
    std::string inner = op == LikeOp::RLike   ? fmt::format("RLIKE({}, {})", left, right)
                        : op == LikeOp::ILike ? fmt::format("ilike({}, {})", left, right)
                                              : fmt::format("{} LIKE {}", left, right);
    return negate(expr, inner);
  }

  static std::string is(const Expr& expr, const std::string& inner) {
    static constexpr std::string_view kWords[] = {"NULL", "TRUE", "FALSE", "UNKNOWN"};
    return fmt::format("({} IS {}{})", inner, expr.negated ? "NOT " : "", kWords[expr.op & 3]);
  }

  std::string case_text(const Expr& expr, std::span<const ExprId> children, int depth) const {
    std::string result = "CASE";
    size_t at = expr.op & 1 ? 1 : 0;
    size_t pairs_end = children.size() - (expr.op & 2 ? 1 : 0);
    for (; at + 1 < pairs_end; at += 2) {
      result += fmt::format(" WHEN {} THEN {}", text(children[at], depth + 1), text(children[at + 1], depth + 1));
    }
    if (expr.op & 2) result += " ELSE " + text(children.back(), depth + 1);
    return result + " END";
  }

  static std::string cast(const Expr& expr, std::string inner) {
    if (expr.implicit) return inner;
    bool trying = static_cast<CastOp>(expr.op) == CastOp::TryCast;
    return fmt::format("{}({} AS {})", trying ? "TRY_CAST" : "CAST", inner, upper(expr.type.text()));
  }

  std::string call(const Expr& expr, std::span<const ExprId> children, int depth) const {
    std::string_view name = expr.function ? expr.function->name : expr.name.text();
    std::string arguments = list(children.first(std::min<size_t>(expr.argument_count, children.size())), depth);
    if (name == "if") return "(IF(" + arguments + "))";
    bool conversion = expr.argument_count == 1 && is_conversion(name);
    if (conversion) return arguments;
    std::string result = fmt::format("{}({}{})", name, expr.distinct ? "DISTINCT " : "", arguments);
    size_t keys = expr.argument_count + (expr.has_filter ? 1 : 0);
    if (children.size() > keys) result += within(expr, children.subspan(keys), depth);
    if (expr.has_filter) result += fmt::format(" FILTER (WHERE {})", text(children[expr.argument_count], depth + 1));
    return result;
  }

  /// int('1') is a cast that nobody wrote as one.
  static bool is_conversion(std::string_view name) {
    static constexpr std::string_view kNames[] = {"bigint", "int",    "smallint", "tinyint", "double",    "float",
                                                  "date",   "string", "boolean",  "decimal", "timestamp", "binary"};
    return std::find(std::begin(kNames), std::end(kNames), name) != std::end(kNames);
  }

  std::string within(const Expr& expr, std::span<const ExprId> keys, int depth) const {
    std::span<const NodeId> items;
    if (tree_.is<Call>(expr.node)) items = tree_.list(tree_.get<Call>(expr.node).within_group);
    std::string result;
    for (size_t i = 0; i < keys.size(); ++i) {
      if (i > 0) result += ", ";
      result += text(keys[i], depth + 1);
      if (i < items.size() && tree_.has(items[i], kDesc)) result += " DESC";
    }
    return " WITHIN GROUP (ORDER BY " + result + ")";
  }

  std::string structure(const Expr& expr, std::span<const ExprId> children, int depth) const {
    std::string name = tree_.is<Call>(expr.node)
                           ? std::string(tree_.dotted(tree_.get<Call>(expr.node).function).folded().text())
                           : std::string("named_struct");
    std::string result;
    std::span<const StructFieldType> fields =
        expr.type.is(TypeKind::Struct) ? expr.type.fields() : std::span<const StructFieldType>();
    for (size_t i = 0; i < children.size(); ++i) {
      if (i > 0) result += ", ";
      std::string value = text(children[i], depth + 1);
      std::string field(i < fields.size() ? fields[i].name.text() : std::string_view());
      if (name == "named_struct") {
        result += field + ", " + value;
      } else {
        bool own = field == value || field == fmt::format("col{}", i + 1) || ir_[children[i]].kind == ExprKind::Field;
        result += own ? value : value + " AS " + field;
      }
    }
    return fmt::format("{}({})", name, result);
  }

  std::string window(const Expr& expr, std::span<const ExprId> children, int depth) const {
    std::string result = text(children[0], depth + 1) + " OVER (";
    size_t partitions = expr.partition_count;
    if (partitions > 0) result += "PARTITION BY " + list(children.subspan(1, partitions), depth) + " ";
    std::span<const ExprId> order = children.subspan(1 + partitions);
    std::span<const NodeId> items;
    if (tree_.is<Call>(expr.node)) {
      NodeId spec = tree_.get<Call>(expr.node).window;
      if (tree_.is<WindowSpec>(spec)) items = tree_.list(tree_.get<WindowSpec>(spec).order);
    }
    for (size_t i = 0; i < order.size(); ++i) {
      bool down = i < items.size() && tree_.has(items[i], kDesc);
      bool nulls_last =
          i < items.size() && (tree_.has(items[i], kNullsLast) || (down && !tree_.has(items[i], kNullsFirst)));
      result += fmt::format("{}{} {} NULLS {}", i == 0 ? "ORDER BY " : ", ", text(order[i], depth + 1),
                            down ? "DESC" : "ASC", nulls_last ? "LAST" : "FIRST");
    }
    if (!order.empty()) result += " ";
    const FunctionInfo* function = ir_[children[0]].function;
    bool ranks = function && function->kind == FunctionKind::Window;
    result += ranks           ? "ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW"
              : order.empty() ? "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"
                              : "RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW";
    return result + ")";
  }

  const Ir& ir_;
  const Tree& tree_;
};

}  // namespace

Symbol Binder::item_name(NodeId node, ExprId value) {
  while (tree_.is<Paren>(node)) node = tree_.get<Paren>(node).inner;
  if (tree_.is<ColumnRef>(node) && !tree_.children(node).empty()) return tree_.name(tree_.children(node).back());
  if (tree_.is<Field>(node)) return tree_.name(node);
  const Expr& expr = ir_[value];
  bool cast_path = expr.kind == ExprKind::Cast && ir_[ir_.children(value)[0]].kind == ExprKind::PathStep;
  if (expr.kind == ExprKind::PathStep || cast_path) {
    return expr.kind == ExprKind::PathStep ? expr.name : ir_[ir_.children(value)[0]].name;
  }
  return Symbol::of(NamePrinter(ir_, tree_).text(value));
}

}  // namespace pipec::sql
