// The ledger: which version of each input a node holds, and by which logic. Rows are only ever added; what a node holds
// is said by its newest ones. A version is written down after the rows that come from it are in place (or are queued,
// durably, to be built): a crash in between makes work be done again, never left out.
#pragma once

#include <string>
#include <vector>

#include "databricks/names.h"
#include "databricks/step_writer.h"
#include "pipeline/changes.h"
#include "pipeline/widening.h"

namespace pipec::backend::databricks {

using pipeline::kLedger;

/// What a fingerprint begins with, before a colon, where runs find rows in the table by these columns: by others they would
/// not be found again, so that such a table cannot be kept.
std::string key_mark(const std::vector<Symbol>& columns);
std::string marked(const std::vector<Symbol>& columns, std::string_view fingerprint);

/// A table whose changes a node follows.
struct Input {
  Symbol node;
  Path rows;
  std::string version;  // the parameter that holds its newest version
};
std::vector<Input> inputs_of(pipeline::Lookup& lookup, const Names& names, const std::vector<Symbol>& nodes);

class Ledger {
 public:
  Ledger(const Names& names, StepWriter& steps, Symbol node, std::string fingerprint, std::vector<Input> inputs)
      : names_(names), steps_(steps), node_(node), fingerprint_(std::move(fingerprint)), inputs_(std::move(inputs)) {}
  const std::vector<Input>& inputs() const { return inputs_; }

  static void create(StepWriter& steps, const Names& names);

  /// One Bind an input.
  void bind_versions();
  /// A loop that runs once if nothing is held yet, the logic was another, or an input was made anew.
  void for_each_rebuild(std::string id);
  /// A loop that runs once if any input has moved, or any of that; or always.
  void for_each_due(std::string id, bool always);
  /// A loop that runs once if the input has moved: :seen_version is held, :first_version the first that is not.
  void for_each_change(std::string id, const Input& input);
  /// Writes down that these are held now.
  void record(std::string id, const std::vector<Input>& inputs);

 private:
  ast::NodeId rebuild_condition(Statement& s, ast::SqlBuilder::Ids extra);
  ast::NodeId held(Statement& s);
  const Names& names_;
  StepWriter& steps_;
  Symbol node_;
  std::string fingerprint_;
  std::vector<Input> inputs_;
};

}  // namespace pipec::backend::databricks
