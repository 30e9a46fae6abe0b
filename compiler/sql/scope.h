// What names mean at one place of a query: the relations of FROM with their columns, the enclosing queries, lambdas.
#pragma once

#include <unordered_map>
#include <vector>

#include "sql/catalog.h"
#include "sql/ir.h"

namespace pipec::sql {

/// A bound table expression: what it produces, under which names.
struct Relation {
  struct Column {
    Symbol name;
    ColumnId id;
  };
  RelId rel;
  std::vector<Column> columns;
  bool broken = false;  // an error was reported below: names that it lacks are not reported again
};

constexpr uint32_t kNoRelation = UINT32_MAX;

struct ScopeColumn {
  Symbol name;
  Symbol folded;
  ColumnId id;
  uint32_t relation = kNoRelation;  // index into the scope's relations; none: merged by a full join's USING
  bool hidden = false;              // merged into another column by USING: seen with its qualifier only
};

struct ScopeRelation {
  Symbol alias;   // folded last word: "t", "orders"; empty if it has no name
  Symbol schema;  // folded qualified name "gold.orders"; empty under an alias
  Symbol shown;   // as written, for messages
  Symbol declaration;
  bool broken = false;
};

class Scope {
 public:
  std::vector<ScopeRelation> relations;
  std::vector<ScopeColumn> columns;  // hidden ones are not in the order of `*`

  void add(Relation relation, ScopeRelation named);
  /// Appends another scope, to the right of this one.
  void append(Scope other);
  bool broken() const;

  enum class Outcome : uint8_t { NotFound, Found, Ambiguous, Silent };
  struct Lookup {
    Outcome outcome = Outcome::NotFound;
    const ScopeColumn* column = nullptr;
    const ScopeColumn* other = nullptr;        // when ambiguous
    size_t used = 0;                           // how many parts the column took; the rest are fields
    const ScopeRelation* qualifier = nullptr;  // NotFound: the relation that the first part names
  };
  /// Spark's order: schema.table.column, table.column, column; the first that has a candidate decides.
  Lookup find(std::span<const Symbol> folded_parts) const;
  /// True if the relation answers to the qualifier: one word, or schema and table.
  bool answers(const ScopeRelation& relation, std::span<const Symbol> folded_qualifier) const;

 private:
  Lookup find_qualified(std::span<const Symbol> qualifier, Symbol column) const;
  Lookup find_plain(Symbol column) const;
  mutable std::unordered_multimap<uint32_t, uint32_t> index_;  // of wide scopes: folded name -> column
  mutable size_t indexed_ = 0;
};

}  // namespace pipec::sql
