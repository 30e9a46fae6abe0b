// What was declared, as the system's catalogue has it: for statements that compare the two.
#pragma once

#include "postgres/names.h"

namespace pipec::backend::postgres {

/// As a text that to_regclass reads: each part quoted.
std::string quoted(const ast::SqlBuilder::Texts& path);
/// The object's number; NULL where there is none.
ast::NodeId object(ast::SqlBuilder& sql, const ast::SqlBuilder::Texts& path);

struct CatalogType {
  std::string name;       // as to_regtype reads it
  int64_t modifier = -1;  // what format_type takes beside it
};
CatalogType catalog_type(const pipeline::Export& e, const pipeline::Column& column);

}  // namespace pipec::backend::postgres
