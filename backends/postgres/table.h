// Parts of a table and of its view that all modes have.
#pragma once

#include "postgres/lower.h"

namespace pipec::backend::postgres {

/// With its primary key, if `with_key`; each of `options` stands on a line behind it.
ast::NodeId create_table(ast::SqlBuilder& sql, const ast::SqlBuilder::Texts& name, const Lowered& x, uint8_t flags,
                         bool with_key, const ast::SqlBuilder::Ids& options = {});
ast::NodeId primary_key(ast::SqlBuilder& sql, const ExportNames& names);
/// "(country, spent desc nulls last)"; of a vector "using hnsw (embedding public.vector_cosine_ops)"
ast::NodeId index_columns(ast::SqlBuilder& sql, const pipeline::Export& e,
                          const std::vector<pipeline::IndexColumn>& index);
/// Null if the column is none.
const pipeline::ExportVector* vector_of(const pipeline::Export& e, Symbol column);
/// Views of the versions, on the view of the export: each with the name of a step and its statement.
std::vector<std::pair<std::string, StepWriter::Build>> version_views(const Lowered& x);
/// COMMENT ON VIEW and COMMENT ON COLUMN: an id and a statement each.
std::vector<std::pair<std::string, StepWriter::Build>> comments(const Lowered& x);

}  // namespace pipec::backend::postgres
