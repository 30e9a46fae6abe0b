// TRUNCATE among the events of a captured table: it deletes every row that was written before it, the ones too that land later.
#pragma once

#include "databricks/cdc.h"

namespace pipec::backend::databricks {

/// Makes deletes of truncations, in the log itself: whatever is made of the log needs to know of deletes alone.
class Truncations {
 public:
  Truncations(const Capture& capture, const pipeline::Node& log, StepWriter& steps);

  /// SQL Server refuses to truncate a table that is captured.
  static bool come_from(const pipeline::Source& source);
  /// True for an event that is one, by its column _op.
  static ast::NodeId is_one(ast::SqlBuilder& sql);
  static ast::NodeId is_none(ast::SqlBuilder& sql);
  /// Where they are remembered.
  void table();
  /// Within the loop over new files, when the events of the stage are in the log. Needs :first_position.
  void expand(const Path& stage);

 private:
  ast::NodeId found(ast::SqlBuilder& sql, const Path& stage) const;
  ast::NodeId remember(ast::SqlBuilder& sql, const Path& stage) const;
  ast::NodeId ended(ast::SqlBuilder& sql) const;
  ast::NodeId written(ast::SqlBuilder& sql) const;
  ast::NodeId deletes(ast::SqlBuilder& sql, const std::vector<pipeline::Column>& columns) const;
  Symbol own(std::string_view purpose) const;

  const Capture& capture_;
  const pipeline::Node& log_node_;
  StepWriter& steps_;
  Path log_, truncations_;
};

}  // namespace pipec::backend::databricks
