// Rows as lines of CSV that the warehouse makes: on all of its cores, and what fetches them has one text a row to pass on.
#pragma once

#include <vector>

#include "ast/build.h"
#include "sql/type.h"

namespace pipec::backend::postgres {

struct CopiedColumn {
  Symbol name;
  sql::Type type;
  bool is_vector = false;  // an array that pgvector reads: as JSON
};

/// The rows of `query` as one string column, `line`, in the format that `COPY (FORMAT csv)` reads with its own defaults: NULL is
/// nothing between two commas, text stands in quotes. https://www.postgresql.org/docs/current/sql-copy.html, "CSV Format".
/// The types are those of platform::serving_type("postgres").
ast::NodeId csv_lines(ast::SqlBuilder& sql, const std::vector<CopiedColumn>& columns, ast::NodeId query);

}  // namespace pipec::backend::postgres
