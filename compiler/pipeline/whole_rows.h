// Of which tables PostgreSQL is told to send the whole row before a change (REPLICA IDENTITY FULL): the source's script
// sets it, and what is made of the events may rely on it.
#pragma once

#include "pipeline/pipeline.h"

namespace pipec::pipeline {

/// The key that a cdc declares is not the primary key: events are keyed by it.
bool has_own_key(const Cdc& cdc, const SourceTable& table);
bool sends_whole_rows(const Cdc& cdc, const SourceTable& table);

}  // namespace pipec::pipeline
