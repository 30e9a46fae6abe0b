// What everything is called in the warehouse.
#pragma once

#include <string>

#include "ast/build.h"
#include "pipeline/pipeline.h"
#include "pipeline/table_changes.h"

namespace pipec::backend::databricks {

using Path = ast::SqlBuilder::Texts;

inline constexpr std::string_view kSchema = pipeline::kOwnSchema;

class Names {
 public:
  explicit Names(const pipeline::Target& target) : target_(target) {}

  /// What readers name: a table or a view.
  Path node(Symbol name) const;
  /// The Delta table that holds the rows: of a cdc's current rows and history it lies below the view.
  Path rows(const pipeline::Node& node) const;
  /// That table, of a view of a cdc.
  Path below_view(Symbol name) const;
  Path schema(std::string_view name) const;
  /// Captured tables are kept by AUTO CDC, in place of MERGE.
  bool auto_cdc() const;
  /// The group that sees personal data; empty: everybody who may read.
  const std::string& pii_readers() const;
  /// A table of pipec's own, as "ledger".
  Path own(std::string_view name) const;
  /// A table of pipec's own that belongs to a node, as "stage".
  Path work(Symbol node, std::string_view purpose) const;
  /// The name of `work`, within its schema.
  static std::string work_name(Symbol node, std::string_view purpose);
  /// As Step::reads and Step::writes call it.
  static Symbol work_symbol(Symbol node, std::string_view purpose);
  /// As it stands in a string that names a table.
  static std::string spelled(const Path& path);

 private:
  const pipeline::Target& target_;
};

/// What Step::reads and Step::writes call a table of pipec's own.
Symbol own_name(std::string_view name);

}  // namespace pipec::backend::databricks
