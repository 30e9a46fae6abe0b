// Parts of a table and of its view that all modes have.
#pragma once

#include "postgres/lower.h"

namespace pipec::backend::postgres {

/// With its primary key, if `with_key`; each of `options` stands on a line behind it.
ast::NodeId create_table(ast::SqlBuilder& sql, const ast::SqlBuilder::Texts& name, const Lowered& x, uint8_t flags,
                         bool with_key, const ast::SqlBuilder::Ids& options = {});
ast::NodeId primary_key(ast::SqlBuilder& sql, const ExportNames& names);
/// "(country, spent desc nulls last)"
ast::NodeId index_columns(ast::SqlBuilder& sql, const std::vector<pipeline::IndexColumn>& index);
/// COMMENT ON VIEW and COMMENT ON COLUMN: an id and a statement each.
std::vector<std::pair<std::string, StepWriter::Build>> comments(const Lowered& x);

}  // namespace pipec::backend::postgres
