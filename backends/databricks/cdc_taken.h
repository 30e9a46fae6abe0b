// A row that comes to a key which another row still has. Where a key is looked at when its statement or transaction ends
// (PostgreSQL: DEFERRABLE), rows may change places in one statement, or share a key until the transaction ends: the last that is
// said of the key is a delete, and yet a row is there.
#pragma once

#include <functional>

#include "databricks/cdc.h"
#include "databricks/range.h"

namespace pipec::backend::databricks {

/// Says behind such a delete, in the log itself, that a row is there: whatever is made of the log needs to know no more.
/// docs/decisions/0019.
class TakenKeys {
 public:
  TakenKeys(const Capture& capture, const pipeline::Node& log, StepWriter& steps);

  /// Where PostgreSQL's events hold whole rows and what was before is known; on other tables the source's script refuses such keys. MySQL looks at each row's
  /// key at once. SQL Server looks when the statement ends, but writes what leaves and what comes to one key as an update of it
  /// (its Collapse operator).
  static bool come_from(const Capture& capture);
  /// What the stage holds of each event beside its position: where the transaction before its own was committed.
  static constexpr const char* kCommit = "_commit";
  /// Least of them, for a step that binds it: nothing of a transaction of the batch, whenever it landed, stands before it.
  static ast::NodeId first_commit(ast::SqlBuilder& sql);
  static constexpr const char* kFirst = "first_commit";

  /// Within the loop over new files, when their events are in the log. Needs :first_commit.
  void keep() const;

 private:
  ast::NodeId pairs(ast::SqlBuilder& sql) const;
  ast::NodeId events(ast::SqlBuilder& sql) const;
  ast::NodeId parts(ast::SqlBuilder& sql) const;
  ast::NodeId groups(ast::SqlBuilder& sql) const;
  ast::NodeId taken(ast::SqlBuilder& sql) const;
  ast::NodeId stays(ast::SqlBuilder& sql) const;
  ast::NodeId earlier(ast::SqlBuilder& sql) const;
  ast::NodeId chains(ast::SqlBuilder& sql) const;
  ast::NodeId ended(ast::SqlBuilder& sql) const;
  ast::NodeId sayings(ast::SqlBuilder& sql) const;
  ast::NodeId keep(ast::SqlBuilder& sql) const;
  ast::SqlBuilder::Ids known(ast::SqlBuilder& sql) const;

  ast::NodeId is_recent(ast::SqlBuilder& sql, const char* alias) const;
  ast::NodeId same_key(ast::SqlBuilder& sql, const char* a, const char* b) const;
  ast::NodeId same_group(ast::SqlBuilder& sql, const char* a, const char* b) const;
  using Value = std::function<ast::NodeId(Symbol)>;  // of a column
  ast::SqlBuilder::Ids members(ast::SqlBuilder& sql, const Value& value) const;
  ast::NodeId image(ast::SqlBuilder& sql, const Value& value) const;
  ast::NodeId row(ast::SqlBuilder& sql, const char* alias, ast::NodeId aside) const;
  std::vector<Range> key_range() const;
  ast::SqlBuilder::Ids group_columns(ast::SqlBuilder& sql, const char* alias) const;

  const Capture& capture_;
  const pipeline::Node& log_node_;
  StepWriter& steps_;
  Path log_;
};

}  // namespace pipec::backend::databricks
