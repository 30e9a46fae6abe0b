// Whether a query reads a column at all, for its values or to decide on rows.
#pragma once

#include <algorithm>

#include "lineage/lineage.h"

namespace pipec::lineage {

inline bool reads(const QueryLineage& lineage, const Source& column) {
  auto is = [&](const auto& edge) { return edge.source == column; };
  auto any = [&](const auto& edges) { return std::any_of(edges.begin(), edges.end(), is); };
  return any(lineage.indirect) || std::any_of(lineage.columns.begin(), lineage.columns.end(),
                                              [&](const auto& one) { return any(one.direct) || any(one.conditional); });
}

}  // namespace pipec::lineage
