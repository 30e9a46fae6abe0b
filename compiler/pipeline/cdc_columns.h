// The columns of the tables that a `cdc` keeps, the same on every warehouse: what models see, and what a backend has
// to fill.
#pragma once

#include <string_view>
#include <vector>

#include "pipeline/pipeline.h"

namespace pipec::pipeline {

/// Where an event stands among the events of its row, greatest last: (_seq, _ord, _tie). _tie is a hash of the
/// operation and its time. PostgreSQL: _seq is the greater of the last commit's and the event's own log position, _ord the
/// event's own. SQL Server: _seq is the commit's position, _ord the change's and its number, texts that compare as the positions do.
/// MySQL: _seq is the number of the binary log's file, _ord the place in it.
inline constexpr std::string_view kPositionColumns[] = {"_seq", "_ord", "_tie"};
/// The type of such a column, by the kind of the source.
sql::Type position_type(Symbol source_kind, std::string_view column);

/// The topic that a captured table's changes are in, and the name of the files that they land in.
std::string landing_topic(const Source& source, const SourceTable& table);

/// The table as it is now: the source's columns; with soft deletes `_deleted` and `_deleted_at` too.
std::vector<Column> cdc_current_columns(const Cdc& cdc, const SourceTable& table);
/// One row an event: the row after it (of a delete: the key alone), the row before it as the connector sent it, the
/// operation, the time of the source's commit, the position.
std::vector<Column> cdc_log_columns(const Cdc& cdc, const SourceTable& table);
/// One row a version: the source's columns, `valid_from` (inclusive), `valid_to` (exclusive; NULL while it is true),
/// `is_current`, and `is_deleted`: the version ended because the row was deleted.
std::vector<Column> cdc_history_columns(const Cdc& cdc, const SourceTable& table);

/// True for a column of the key, which alone is known of a deleted row.
bool is_key_column(const Cdc& cdc, Symbol column);

}  // namespace pipec::pipeline
