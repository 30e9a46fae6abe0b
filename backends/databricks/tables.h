// Tables, as they are made once at a deployment.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "databricks/masks.h"
#include "databricks/names.h"
#include "databricks/step_writer.h"

namespace pipec::backend::databricks {

struct Table {
  std::string id;  // of the step
  Path path;
  std::vector<pipeline::Column> columns;
  std::vector<Symbol> cluster_by;
  std::vector<Symbol> partition_by;  // in place of clusters: Delta has one or the other
  std::vector<Symbol> pruned_by;     // besides these: files are left out by the statistics of these columns
  std::string description;
  Symbol feeds;                     // the node whose changes others read in it; empty: nobody does
  bool anew = false;                // it holds nothing between runs, and each deployment makes it again
  bool follows = false;             // its columns are those of a declaration, which may get others
  Symbol mirror;                    // of those a struct of all others, as wide as they are
  std::vector<Symbol> found_by;     // columns by which runs find the rows of a node
  std::vector<Symbol> primary_key;  // said, not enforced: no columns, no key
};

/// TBLPROPERTIES, one a line where there are several.
ast::NodeId properties_clause(ast::SqlBuilder& sql, const std::vector<std::pair<std::string, std::string>>& properties);

/// CREATE TABLE IF NOT EXISTS, its columns brought up to what is declared (evolve.h), and what only the platform understands
/// behind it, masks among that.
void create_table(StepWriter& steps, const Names& names, const Table& table);
/// A query of the columns whose types are others than these, members of structs each for itself, so that more of them and in
/// another order are the same. A column that is not there fails the query, by its name.
pipeline::Step& verify_columns(StepWriter& steps, std::string id, const Path& path,
                               const std::vector<pipeline::Column>& columns);
/// ALTER ... SET TAGS for the object and for columns with personal data.
void set_tags(StepWriter& steps, const Path& path, bool is_view, const std::vector<Symbol>& tags,
              const std::vector<pipeline::Column>& columns);

/// GRANT for each of them. What is granted no longer stays: only who compares with the catalog can take it away.
void grant(StepWriter& steps, const Path& path, bool is_view, const std::vector<pipeline::Grant>& grants);

/// Why statements about what the platform keeps by itself are the platform's alone.
inline constexpr const char* kOverKept = "it stands over what only the platform keeps";
inline constexpr const char* kRefreshed = "Spark refreshes by a run of the pipeline alone";

/// CREATE OR REPLACE VIEW over a query. `platform_only`: why nothing else can execute it; empty: everything can.
void create_view(StepWriter& steps, const Path& path, const std::vector<pipeline::Column>& columns,
                 const std::string& description, const StepWriter::Build& query, std::string platform_only = {});

pipeline::Column column(std::string_view name, sql::Type type, bool nullable = false,
                        std::string_view description = {});
std::vector<Symbol> column_names(const std::vector<pipeline::Column>& columns);

}  // namespace pipec::backend::databricks
