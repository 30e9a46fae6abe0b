// Types as nodes of a tree.
#pragma once

#include "ast/build.h"
#include "sql/type.h"

namespace pipec::backend::databricks {

ast::NodeId type_node(ast::SqlBuilder& sql, sql::Type type);
/// A type as platform::NativeMapping::landed spells it: "bigint", "array<string>".
ast::NodeId landed_type_node(ast::SqlBuilder& sql, std::string_view text);
/// False for types whose values Spark cannot compare.
bool is_comparable(sql::Type type);

}  // namespace pipec::backend::databricks
