// Exports in swap mode: each load is a table of its own, a generation, and the view is put on it when it is whole.
//
// The table is made, filled by COPY FREEZE and switched to in one transaction. FREEZE, since the view's new meaning is
// seen at once by transactions whose snapshot is older than the rows: without it they would see no row. The rest are
// functions of the owner's that the writer may call: it owns nothing, and can make nothing else.
#pragma once

#include "postgres/lower.h"

namespace pipec::backend::postgres {

void lower_swap_migration(StepWriter& steps, const Lowered& x);

/// The function `name` puts the next generations of all of `swapped` into their places, or none. `id` is of its step.
void lower_publish_function(StepWriter& steps, std::string_view id, const std::string& name, const SchemaNames& schema,
                            const std::vector<const Lowered*>& swapped);

}  // namespace pipec::backend::postgres
