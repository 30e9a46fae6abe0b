// What comes along with rows: that they were deleted, and what they show of people.
#pragma once

#include "semantic/items.h"
#include "semantic/world.h"

namespace pipec::semantic {

/// Classes of @pii come with the values that a column is made of, unless a function clears them. Needs the lineage.
void inherit_pii(pipeline::Node& node, const Reader& reader);

/// Warns of a table that keeps the rows that were deleted and is read as if it did not.
void check_deleted(const Resolving& context, const Reader& reader, const pipeline::QueryBody& query);

/// Warns of columns of a public model that show something of people.
void check_public(const Resolving& context, const pipeline::Node& node);

}  // namespace pipec::semantic
