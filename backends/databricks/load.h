// Tables that are filled from files.
#pragma once

#include "backend/backend.h"
#include "databricks/names.h"
#include "databricks/step_writer.h"

namespace pipec::backend::databricks {

/// Columns of pipec's own in a loaded table: where a row came from.
inline constexpr std::string_view kFileColumns[] = {"_file", "_size", "_modified"};

void lower_load(View& view, const Names& names, Symbol name, Output& output);
void check_load(const pipeline::Pipeline& pipeline, const pipeline::Load& load, Sink& sink);

/// What a file is read as: texts by the names that they have there, or values where the format has types.
struct FileColumn {
  Symbol name;  // in the file
  sql::Type type;
};
std::vector<FileColumn> file_columns(const pipeline::Source& source, const pipeline::SourceTable& table);
/// `read_files(...)`, the platform's own function.
ast::NodeId read_files(ast::SqlBuilder& sql, const pipeline::Target& target, const pipeline::Source& source,
                       const pipeline::SourceTable& table);
/// Where the files lie, as a pattern.
std::string file_pattern(const pipeline::Target& target, const pipeline::Source& source);

/// The value of a column, from the columns of the file; NULL where it cannot be read.
ast::NodeId read_value(Statement& s, print::Rewrites& rewrites, const pipeline::Source& source,
                       const pipeline::SourceColumn& column);
/// What is wrong with a value: a pair of condition and text a kind of fault. `value` is the column's name in the stage.
std::vector<std::pair<ast::NodeId, ast::NodeId>> value_problems(Statement& s, print::Rewrites& rewrites,
                                                                const pipeline::Source& source,
                                                                const pipeline::SourceColumn& column);

}  // namespace pipec::backend::databricks
