#include "postgres/catalog.h"

#include "platform/types.h"
#include "postgres/table.h"
#include "print/sql_printer.h"

namespace pipec::backend::postgres {

using ast::NodeId;
using ast::SqlBuilder;

std::string quoted(const SqlBuilder::Texts& path) {
  return print::print_path(path, print::kPostgres);
}

NodeId object(SqlBuilder& sql, const SqlBuilder::Texts& path) {
  return sql.ddl("to_regclass({})", sql.string(quoted(path)));
}

CatalogType catalog_type(const pipeline::Export& e, const pipeline::Column& column) {
  if (const pipeline::ExportVector* vector = vector_of(e, column.name)) return {"public.vector", vector->dimensions};
  std::string why;
  std::string name = *platform::serving_type("postgres", column.type, &why);
  const bool array = column.type.is(sql::TypeKind::Array);
  const sql::Type value = array ? column.type.element() : column.type;
  if (!value.is(sql::TypeKind::Decimal)) return {name, -1};
  // The system keeps both numbers of a numeric in one, with four added.
  constexpr int64_t kHeader = 4, kBits = 16;
  name.erase(name.find('('), name.find(')') - name.find('(') + 1);
  return {name, (int64_t{value.precision()} << kBits | int64_t{value.scale()}) + kHeader};
}

}  // namespace pipec::backend::postgres
