// Of which tables PostgreSQL is told to send the whole row before a change (REPLICA IDENTITY FULL): the source's script
// sets it, and what is made of the events may rely on it.
#pragma once

#include "pipeline/pipeline.h"

namespace pipec::pipeline {

/// The key that a cdc declares is not the primary key: events are keyed by it.
bool has_own_key(const Cdc& cdc, const SourceTable& table);
bool sends_whole_rows(const Cdc& cdc, const SourceTable& table);

/// Rows that change places by a key which is looked at late (DEFERRABLE) are told apart: by whole rows and by what was at the key
/// before, of which a log that forgets needs a history.
bool knows_late_keys(const Cdc& cdc, const SourceTable& table);

}  // namespace pipec::pipeline
