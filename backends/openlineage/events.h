// The two kinds of event that need no run: JobEvent (what a node reads and writes, column by column) and DatasetEvent
// (what a table is).
#pragma once

#include <vector>

#include "openlineage/names.h"

namespace pipec::backend::openlineage {

/// What a node reads from a source, beside its inputs.
struct SourceInput {
  const pipeline::Source* source = nullptr;
  const pipeline::SourceTable* table = nullptr;
};

/// Of the job that fills `output`, the dataset of `node`. `from_source`: where it reads a source, its table.
Value job_event(View& view, const pipeline::Node& node, const Dataset& output, SourceInput from_source = {});
Value dataset_event(View& view, const pipeline::Node& node, const Dataset& dataset);
Value source_event(View& view, const pipeline::Source& source, const pipeline::SourceTable& table);

}  // namespace pipec::backend::openlineage
