// Types as they are written.
#include <charconv>

#include "sql/bind.h"

namespace pipec::sql {

using namespace ast;

namespace {

struct SimpleType {
  std::string_view name;
  TypeKind kind;
};
constexpr SimpleType kSimple[] = {
    {"boolean", TypeKind::Boolean},
    {"bool", TypeKind::Boolean},
    {"tinyint", TypeKind::TinyInt},
    {"byte", TypeKind::TinyInt},
    {"smallint", TypeKind::SmallInt},
    {"short", TypeKind::SmallInt},
    {"int", TypeKind::Int},
    {"integer", TypeKind::Int},
    {"bigint", TypeKind::BigInt},
    {"long", TypeKind::BigInt},
    {"float", TypeKind::Float},
    {"real", TypeKind::Float},
    {"double", TypeKind::Double},
    {"string", TypeKind::String},
    {"binary", TypeKind::Binary},
    {"date", TypeKind::Date},
    {"timestamp", TypeKind::Timestamp},
    {"timestamp_ltz", TypeKind::Timestamp},
    {"timestamp_ntz", TypeKind::TimestampNtz},
    {"variant", TypeKind::Variant},
    {"void", TypeKind::Void},
};

std::optional<int> number_of(const Tree& tree, NodeId node) {
  std::string_view text = tree.name(node).text();
  int value = 0;
  auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (failure != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<IntervalField> field_named(std::string_view name) {
  static constexpr std::string_view kNames[] = {"year", "month", "day", "hour", "minute", "second"};
  for (size_t i = 0; i < 6; ++i) {
    if (kNames[i] == name) return static_cast<IntervalField>(i);
  }
  return std::nullopt;
}

}  // namespace

Type Binder::bind_type(NodeId node) {
  if (!tree_.is<DataType>(node)) {
    ok_ = false;
    return {};
  }
  Symbol written = tree_.name(node);
  std::string_view name = written.folded().text();
  std::span<const NodeId> arguments = tree_.children(node);
  auto wrong = [&](std::string message) {
    report(diag::TypeParameter, node, std::move(message));
    return Type();
  };
  for (const SimpleType& simple : kSimple) {
    if (simple.name != name) continue;
    if (!arguments.empty()) return wrong(fmt::format("{} takes no parameters", name));
    return simple.kind;
  }
  if (name == "decimal" || name == "dec" || name == "numeric") {
    if (arguments.empty()) return Type::decimal(10, 0);
    std::optional<int> precision = number_of(tree_, arguments[0]);
    std::optional<int> scale = arguments.size() > 1 ? number_of(tree_, arguments[1]) : 0;
    if (arguments.size() > 2 || !precision || !scale || *precision < 1 || *precision > 38 || *scale < 0 ||
        *scale > *precision) {
      return wrong("decimal takes a precision of 1 to 38 and a scale up to it");
    }
    return Type::decimal(*precision, *scale);
  }
  if (name == "char" || name == "character" || name == "varchar") {
    std::optional<int> length = arguments.size() == 1 ? number_of(tree_, arguments[0]) : std::nullopt;
    if (!length || *length < 1) return wrong(fmt::format("{} takes a length", name));
    return Type::character(name == "varchar" ? TypeKind::Varchar : TypeKind::Char, *length);
  }
  if (name == "time") {
    std::optional<int> precision = arguments.empty() ? 6 : number_of(tree_, arguments[0]);
    if (!precision || *precision < 0 || *precision > 6) return wrong("time takes a precision of 0 to 6");
    return Type::time(*precision);
  }
  if (name == "interval") {
    if (arguments.empty()) return TypeKind::CalendarInterval;
    std::optional<IntervalField> first = field_named(tree_.name(arguments[0]).folded().text());
    std::optional<IntervalField> last = field_named(tree_.name(arguments.back()).folded().text());
    if (!first || !last || *first > *last || ((*first <= IntervalField::Month) != (*last <= IntervalField::Month))) {
      return wrong("an interval goes from year to month, or from day to second");
    }
    return Type::interval(*first, *last);
  }
  if (name == "array") {
    if (arguments.size() != 1) return wrong("array takes one type: array<int>");
    Type element = bind_type(arguments[0]);
    return element.is_error() ? element : Type::array(element, true);
  }
  if (name == "map") {
    if (arguments.size() != 2) return wrong("map takes two types: map<string, int>");
    Type key = bind_type(arguments[0]), value = bind_type(arguments[1]);
    return key.is_error() || value.is_error() ? Type() : Type::map(key, value, true);
  }
  if (name == "struct") {
    std::vector<StructFieldType> fields;
    bool good = true;
    for (NodeId field : arguments) {
      if (!tree_.is<StructField>(field)) return wrong("struct takes fields: struct<a: int>");
      Type of = bind_type(tree_.get<StructField>(field).type);
      good = good && !of.is_error();
      fields.push_back({tree_.name(field), of, !tree_.has(field, kNotNull)});
    }
    return good ? Type::structure(std::move(fields)) : Type();
  }
  std::vector<std::string_view> names{"decimal", "char", "varchar", "time", "interval", "array", "map", "struct"};
  for (const SimpleType& simple : kSimple) names.push_back(simple.name);
  auto builder = report(diag::UnknownType, node, fmt::format("no type `{}`", written.text()));
  if (std::string words = did_you_mean(written.text(), names); !words.empty()) builder.help(words);
  return {};
}

}  // namespace pipec::sql
