// Masks: who is not in the group that `pii_readers` names sees no personal data. A policy a schema masks the columns that
// carry a tag of ours; so every table needs to say only which of its columns are personal.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "databricks/names.h"
#include "databricks/step_writer.h"

namespace pipec::backend::databricks {

/// What ALTER calls an object whose columns can be masked. Views cannot: they show what their reader sees in the tables.
enum class Masked { Table, MaterializedView, StreamingTable };

/// Of the gate that `require_reader` writes.
inline constexpr std::string_view kReaderCheck = "sees_personal_data";

/// The functions that mask, and a policy for each of them in each schema.
void create_masks(StepWriter& steps, const Names& names, const std::set<std::string>& schemas);
/// The tags by which the policies find an object's personal columns. `prefix` goes before the ids of the steps.
void mask_columns(StepWriter& steps, const Names& names, const std::string& prefix, const Path& path, Masked kind,
                  const std::vector<pipeline::Column>& columns);
/// A query of the columns whose masks are others than these: nothing else takes a mask away when `@pii` goes.
void verify_masks(StepWriter& steps, const Names& names, const Path& path,
                  const std::vector<pipeline::Column>& columns);
/// Stops a run of who does not see through: what it built would be masked for everybody, for good.
void require_reader(StepWriter& steps, const Names& names);

bool is_personal(const std::vector<pipeline::Column>& columns);
/// The column, with every class of personal data that is among the others.
pipeline::Column with_pii_of(pipeline::Column column, const std::vector<pipeline::Column>& columns);

}  // namespace pipec::backend::databricks
