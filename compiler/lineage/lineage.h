// Where each output column's values come from, read off the IR.
#pragma once

#include <cstdint>
#include <vector>

#include "sql/binder.h"

namespace pipec::lineage {

/// OpenLineage's vocabulary, facet ColumnLineageDatasetFacet 1-2-0.
enum class Direct : uint8_t { Identity, Transformation, Aggregation };
enum class Indirect : uint8_t { Join, GroupBy, Filter, Sort, Window, Conditional };

struct Source {
  Symbol table;   // folded qualified name
  Symbol column;  // folded
  friend bool operator==(const Source&, const Source&) = default;
};
struct DirectEdge {
  Source source;
  Direct kind;
  std::vector<Symbol> cleared = {};  // classes of @pii that a function takes away on every way; sorted by text
};
struct IndirectEdge {
  Source source;
  Indirect kind;
};

/// Of one output column: `direct` are columns whose values flow into it; `conditional` those that decide it inside its
/// own expression (CASE and IF conditions, window specifications, FILTER clauses). Sorted by text, each once.
struct ColumnLineage {
  std::vector<DirectEdge> direct;
  std::vector<IndirectEdge> conditional;
};

struct QueryLineage {
  std::vector<ColumnLineage> columns;  // as BoundQuery::outputs
  std::vector<IndirectEdge> indirect;  // of the whole query: joins, filters, groups, sorts
};

QueryLineage lineage_of(const sql::BoundQuery& query);
QueryLineage lineage_of(const sql::BoundExpression& expression);  // one column

}  // namespace pipec::lineage
