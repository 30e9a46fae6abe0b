// The range of a batch in one column, as two parameters of the merge behind it. `t.key = s.key` says of no file that it can be left
// out, which `t.key >= :first_key` does by the file's own statistics.
#pragma once

#include "databricks/step_writer.h"
#include "sql/type.h"

namespace pipec::backend::databricks {

struct Range {
  Symbol column;
  std::string what;  // "key": the parameters are :first_key and :last_key

  std::string first() const { return "first_" + what; }
  std::string last() const { return "last_" + what; }
  /// Least and greatest, as columns that are called like the parameters.
  void ask(ast::SqlBuilder& sql, ast::SqlBuilder::Ids& items) const;
  void bind(pipeline::Step& step) const;
  /// The row of `table` is within.
  void hold(ast::SqlBuilder& sql, const char* table, ast::SqlBuilder::Ids& conditions) const;
};

/// Of the positions that a batch has.
Range positions();

/// A value of the type comes back to a statement as it was given: neither rounded nor turned into another zone.
bool can_be_parameter(sql::Type type);

}  // namespace pipec::backend::databricks
