// What is proved of a query's rows, apart from Spark's nullability: columns that are never NULL, and sets of columns
// that are unique. Each fact says what it rests on.
//
// A set of columns is unique if no two rows agree in all of them as GROUP BY sees it: NULL equals NULL there. So the
// empty set is unique exactly where there is at most one row, and a UNIQUE constraint over columns that may be NULL is
// no such set.
#pragma once

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "facts/derivation.h"
#include "sql/binder.h"

namespace pipec::facts {

struct TableFacts {
  struct NeverNull {
    uint32_t column = 0;
    DerivationId because;
  };
  struct Unique {
    std::vector<uint32_t> columns;  // ascending
    DerivationId because;
  };
  std::vector<NeverNull> never_null;  // ascending
  std::vector<Unique> unique;         // the short ones first; none holds another one, unless it rests on less
  std::optional<sql::InterfacePeriod> period;
  Derivations derivations;
};

/// More sets than these are not kept for a relation.
inline constexpr size_t kMaxUnique = 8;

struct Request {
  const ast::Tree& tree;
  const sql::BoundQuery& query;
  const sql::Catalog& catalog;
  std::span<const Symbol> assumed;  // folded aliases of `assume many to one`
  Sink* sink = nullptr;             // for joins that multiply what is aggregated
  Symbol declaration;
};

/// The columns are positions among the query's outputs.
TableFacts facts_of(const Request& request);

/// Takes a set in, unless it is known already; drops those that it makes needless.
void add_unique(TableFacts& facts, std::vector<uint32_t> columns, DerivationId because);

/// True if a cast leaves different values different.
bool keeps_apart(sql::Type from, sql::Type to);

/// What a reader of the table may rely on.
void show(const TableFacts& facts, sql::TableInterface& table);

}  // namespace pipec::facts
