#include "databricks/range.h"

namespace pipec::backend::databricks {

using sql::TypeKind;

void Range::ask(ast::SqlBuilder& sql, ast::SqlBuilder::Ids& items) const {
  items.push_back(sql.item(sql.call("min", {sql.column(column)}), first()));
  items.push_back(sql.item(sql.call("max", {sql.column(column)}), last()));
}

void Range::bind(pipeline::Step& step) const {
  for (const std::string& parameter : {first(), last()}) step.bind[parameter] = parameter;
}

void Range::hold(ast::SqlBuilder& sql, const char* table, ast::SqlBuilder::Ids& conditions) const {
  conditions.push_back(sql.gt_eq(sql.column(table, column), sql.param(first())));
  conditions.push_back(sql.lt_eq(sql.column(table, column), sql.param(last())));
}

Range positions() {
  return {Symbol::of("_seq"), "position"};
}

bool can_be_parameter(sql::Type type) {
  switch (type.kind()) {
    case TypeKind::TinyInt:
    case TypeKind::SmallInt:
    case TypeKind::Int:
    case TypeKind::BigInt:
    case TypeKind::Decimal:
    case TypeKind::String:
    case TypeKind::Date:
      return true;
    default:
      return false;
  }
}

}  // namespace pipec::backend::databricks
