// Edges of lineage for people, programs, diagrams and catalogues.
#pragma once

#include <string>
#include <vector>

#include "pipeline/lineage_graph.h"

namespace pipec::driver {

struct LineageView {
  std::string name, to;                                     // as asked; empty: everything, nothing
  std::vector<pipeline::LineageEdge> upstream, downstream;  // both: of `name`; `upstream` alone: all, or between
  bool has_upstream = true, has_downstream = true;
};

std::string lineage_text(const LineageView& view);
std::string lineage_json(const LineageView& view);
/// A flowchart of Mermaid, from left to right; what only decides is dotted.
std::string lineage_mermaid(const LineageView& view);
/// A list of OpenLineage JobEvents, one for each node that an edge goes to, with the facets `schema` and `columnLineage`.
/// `time` is their eventTime, as OpenLineage asks for one: the compiler has no clock.
std::string lineage_openlineage(const LineageView& view, const pipeline::Pipeline& pipeline, const std::string& time);

}  // namespace pipec::driver
