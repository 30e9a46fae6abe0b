#include "databricks/types.h"

#include <algorithm>

namespace pipec::backend::databricks {

using ast::NodeId;
using ast::SqlBuilder;
using sql::Type;
using sql::TypeKind;

namespace {

NodeId interval_node(SqlBuilder& sql, Type type) {
  static constexpr const char* kFields[] = {"year", "month", "day", "hour", "minute", "second"};
  SqlBuilder::Ids fields{sql.name(kFields[static_cast<size_t>(type.first_field())])};
  if (type.last_field() != type.first_field()) {
    fields.push_back(sql.name(kFields[static_cast<size_t>(type.last_field())]));
  }
  return sql.tree().add(ast::NodeKind::DataType, fields, Symbol::of("interval"));
}

}  // namespace

NodeId type_node(SqlBuilder& sql, Type type) {
  switch (type.kind()) {
    case TypeKind::Decimal:
      return sql.type("decimal", {type.precision(), type.scale()});
    case TypeKind::Char:
      return sql.type("char", {type.length()});
    case TypeKind::Varchar:
      return sql.type("varchar", {type.length()});
    case TypeKind::Time:
      return sql.type("time", {type.precision()});
    case TypeKind::IntervalYearMonth:
    case TypeKind::IntervalDayTime:
      return interval_node(sql, type);
    case TypeKind::Array:
      return sql.array_of(type_node(sql, type.element()));
    case TypeKind::Map:
      return sql.map_of(type_node(sql, type.key()), type_node(sql, type.value()));
    case TypeKind::Struct: {
      std::vector<std::pair<ast::Text, NodeId>> fields;
      for (const sql::StructFieldType& field : type.fields())
        fields.emplace_back(field.name, type_node(sql, field.type));
      return sql.struct_of(fields);
    }
    default:
      return sql.type(type.text());
  }
}

NodeId landed_type_node(SqlBuilder& sql, std::string_view text) {
  constexpr std::string_view kArray = "array<";
  if (text.starts_with(kArray)) {
    return sql.array_of(landed_type_node(sql, text.substr(kArray.size(), text.size() - kArray.size() - 1)));
  }
  constexpr std::string_view kDecimal = "decimal(20,0)";  // an unsigned number of 64 bits
  return text == kDecimal ? sql.type("decimal", {20, 0}) : sql.type(text);
}

bool is_comparable(Type type) {
  switch (type.kind()) {
    case TypeKind::Map:
    case TypeKind::Variant:
    case TypeKind::CalendarInterval:
      return false;
    case TypeKind::Array:
      return is_comparable(type.element());
    case TypeKind::Struct: {
      auto fields = type.fields();
      return std::all_of(fields.begin(), fields.end(), [](const auto& field) { return is_comparable(field.type); });
    }
    default:
      return true;
  }
}

}  // namespace pipec::backend::databricks
