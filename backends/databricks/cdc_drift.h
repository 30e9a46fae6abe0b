// Rows that are not as they are declared: a column came, went, or is of another type. What then happens says the `cdc`.
#pragma once

#include "databricks/cdc.h"

namespace pipec::backend::databricks {

class Drift {
 public:
  explicit Drift(const Capture& capture) : capture_(capture), cdc_(*capture.cdc) {}

  /// Only then is a line read a second time, for the names and texts of what was sent.
  bool looks() const;
  bool rescues() const { return cdc_.rescues(); }
  /// A value that its column cannot hold is kept aside, and the column is NULL.
  bool rescues_value(const pipeline::SourceColumn& column) const;

  /// The row after the event as a map of texts by name.
  ast::NodeId sent(ast::SqlBuilder& sql, ast::NodeId line) const;
  /// What went into no column, as JSON; NULL: nothing. Reads _sent and the columns of `decoded`.
  ast::NodeId rescued(ast::SqlBuilder& sql, std::string_view decoded) const;

  using Problems = std::vector<std::pair<ast::NodeId, ast::NodeId>>;  // condition, text
  /// What keeps an event out of the log. Reads _sent.
  void problems(ast::SqlBuilder& sql, Problems& problems) const;

 private:
  ast::SqlBuilder::Ids declared(ast::SqlBuilder& sql) const;

  const Capture& capture_;
  const pipeline::Cdc& cdc_;
};

}  // namespace pipec::backend::databricks
