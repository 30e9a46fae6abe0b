// Why a fact holds: a tree whose leaves are what the fact rests on. The trees of one table share their parts.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/symbol.h"
#include "sql/catalog.h"

namespace pipec::facts {

using DerivationId = Id<struct DerivationTag>;
using sql::Basis;
std::string_view basis_name(Basis basis);  // "enforced", ...

enum class Origin : uint8_t {
  PrimaryKey,  // of the source's table
  UniqueConstraint,
  NotNull,
  Merge,     // pipec writes the table by its key
  Versions,  // of a history: pipec begins and ends them
  Written,   // by pipec itself into each row
  Table,     // a fact of a table that the query reads: its own derivation says more
  GroupBy,
  Distinct,
  Aggregate,  // without GROUP BY
  RowNumber,
  Values,
  Limit,
  Filter,
  Expression,
  Expect,
  Contract,
  DeclaredKey,
  Assumed,  // `assume many to one`
};
std::string_view origin_name(Origin origin);  // "primary_key", ...

struct Leaf {
  Origin origin = Origin::Expression;
  Basis basis = Basis::Proven;
  Symbol table;  // or empty: the query itself
  std::vector<Symbol> columns;
  friend bool operator==(const Leaf&, const Leaf&) = default;
};

class Derivations {
 public:
  Derivations() : steps_(1) {}
  DerivationId leaf(Origin origin, Basis basis, Symbol table = {}, std::span<const Symbol> columns = {});
  DerivationId both(DerivationId a, DerivationId b);  // either may be none
  /// The weakest of the leaves: Declared if one of them is.
  Basis basis(DerivationId id) const { return steps_[id.value].basis; }
  /// Each once, in the order of the tree.
  std::vector<Leaf> leaves(DerivationId id) const;

 private:
  struct Step {
    Origin origin = Origin::Expression;
    Basis basis = Basis::Proven;
    DerivationId left, right;  // none: a leaf
    Symbol table;
    uint32_t first_column = 0, column_count = 0;
  };
  std::vector<Step> steps_;
  std::vector<Symbol> columns_;
};

}  // namespace pipec::facts
