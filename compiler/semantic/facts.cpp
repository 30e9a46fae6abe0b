#include "semantic/facts.h"

#include <algorithm>

#include "semantic/source.h"

namespace pipec::semantic {

using facts::Basis;
using facts::DerivationId;
using facts::Origin;
using facts::TableFacts;

std::optional<uint32_t> FactsMaker::position(Symbol name) const {
  for (uint32_t i = 0; i < columns_.size(); ++i) {
    if (columns_[i].name.folded() == name.folded()) return i;
  }
  return std::nullopt;
}

void FactsMaker::never_null(uint32_t column, DerivationId because) {
  if (!never_null_[column]) never_null_[column] = because;
}

void FactsMaker::never_null(Symbol column, Origin origin, Basis basis) {
  std::optional<uint32_t> at = position(column);
  if (at && !never_null_[*at]) never_null_[*at] = facts_.derivations.leaf(origin, basis, table_, {&column, 1});
}

void FactsMaker::declared_not_null(Origin origin, Basis basis) {
  for (const pipeline::Column& column : columns_) {
    if (!column.nullable) never_null(column.name, origin, basis);
  }
}

void FactsMaker::unique(std::vector<uint32_t> columns, DerivationId because) {
  facts::add_unique(facts_, std::move(columns), because);
}

void FactsMaker::unique(const std::vector<Symbol>& names, Origin origin, Basis basis) {
  std::vector<uint32_t> columns;
  for (Symbol name : names) {
    std::optional<uint32_t> at = position(name);
    if (!at) return;
    columns.push_back(*at);
  }
  if (!names.empty()) unique(std::move(columns), facts_.derivations.leaf(origin, basis, table_, names));
}

bool FactsMaker::is_founded(const std::vector<Symbol>& names) const {
  return std::all_of(names.begin(), names.end(), [&](Symbol name) {
    std::optional<uint32_t> at = position(name);
    return at && never_null_[*at] && facts_.derivations.basis(never_null_[*at]) != Basis::Declared;
  });
}

void FactsMaker::versions(const std::vector<Symbol>& key, Basis basis) {
  std::vector<Symbol> of_version = key;
  of_version.push_back(Symbol::of("valid_from"));
  unique(of_version, Origin::Versions, basis);
  auto from = position(Symbol::of("valid_from")), to = position(Symbol::of("valid_to"));
  auto current = position(Symbol::of("is_current"));
  sql::InterfacePeriod period;
  for (Symbol name : key) {
    std::optional<uint32_t> at = position(name);
    if (!at) return;
    period.key.push_back(*at);
  }
  if (!from || !to || !current || key.empty()) return;
  period.from = *from, period.to = *to, period.current = *current;
  facts_.period = period;
}

FactsPointer FactsMaker::take() {
  for (uint32_t i = 0; i < never_null_.size(); ++i) {
    if (never_null_[i]) facts_.never_null.push_back({i, never_null_[i]});
  }
  return std::make_shared<const TableFacts>(std::move(facts_));
}

/// The merge and the histories tell rows apart by the key, whatever its source says. Another constraint of the source is
/// no fact here: changes arrive row by row, and rows that were deleted softly stay.
FactsPointer facts_of_cdc(const pipeline::Cdc& cdc, const pipeline::Node& node, const pipeline::SourceTable& table) {
  FactsMaker maker(node.columns, node.head.name);
  for (const pipeline::SourceColumn& column : table.columns) {
    std::optional<uint32_t> at = maker.position(column.column.name);
    if (at && !node.columns[*at].nullable) {
      maker.never_null(column.column.name, Origin::NotNull, Basis::Enforced);
    }
  }
  maker.declared_not_null(Origin::Written, Basis::Guaranteed);
  if (node.kind == pipeline::NodeKind::CdcHistory) maker.versions(cdc.key, Basis::Guaranteed);
  if (node.kind == pipeline::NodeKind::CdcCurrent && maker.is_founded(cdc.key)) {
    maker.unique(cdc.key, Origin::Merge, Basis::Guaranteed);
  }
  return maker.take();
}

FactsPointer facts_of_load(const pipeline::Load& load, const pipeline::Node& node, const pipeline::Source& source,
                           const pipeline::SourceTable& table) {
  FactsMaker maker(node.columns, node.head.name);
  bool database = has_native_types(source.kind);
  maker.declared_not_null(Origin::NotNull, database ? Basis::Enforced : Basis::Declared);
  if (load.merge) {
    maker.unique(load.key, Origin::Merge, maker.is_founded(load.key) ? Basis::Guaranteed : Basis::Declared);
  } else if (load.mode == pipeline::Load::Mode::Full) {
    // A type that loses something may make one of two keys; NULLs do not count in a database's UNIQUE.
    auto whole = [&](const std::vector<Symbol>& key) {
      return std::all_of(table.columns.begin(), table.columns.end(), [&](const pipeline::SourceColumn& column) {
        auto same = [&](Symbol name) { return name.folded() == column.column.name.folded(); };
        bool in_key = std::any_of(key.begin(), key.end(), same);
        return !in_key || (column.mapping.loss.empty() && !column.column.nullable);
      });
    };
    Basis basis = database ? Basis::Enforced : Basis::Declared;
    if (whole(table.primary_key)) maker.unique(table.primary_key, Origin::PrimaryKey, basis);
    for (const std::vector<Symbol>& key : table.unique) {
      if (whole(key)) maker.unique(key, Origin::UniqueConstraint, basis);
    }
  }
  return maker.take();
}

FactsPointer facts_of_snapshot(const pipeline::Snapshot& snapshot, const pipeline::Node& node,
                               const TableFacts* source) {
  FactsMaker maker(node.columns, node.head.name);
  if (source) {
    for (const TableFacts::NeverNull& fact : source->never_null) {
      maker.never_null(node.columns[fact.column].name, Origin::Table, source->derivations.basis(fact.because));
    }
  }
  for (const char* name : {"valid_from", "is_current", "is_deleted"}) {
    maker.never_null(Symbol::of(name), Origin::Written, Basis::Guaranteed);
  }
  // Two rows of one key would be two versions of one moment: the key must be one of the table that is compared.
  bool known = false;
  for (const TableFacts::Unique& fact : source ? source->unique : std::vector<TableFacts::Unique>()) {
    bool inside = std::all_of(fact.columns.begin(), fact.columns.end(), [&](uint32_t at) {
      auto same = [&](Symbol name) { return name.folded() == node.columns[at].name.folded(); };
      return std::any_of(snapshot.key.begin(), snapshot.key.end(), same);
    });
    known = known || (inside && source->derivations.basis(fact.because) != Basis::Declared);
  }
  if (!snapshot.key.empty()) maker.versions(snapshot.key, known ? Basis::Guaranteed : Basis::Declared);
  return maker.take();
}

FactsPointer facts_as_declared(const pipeline::Node& node, const std::vector<Symbol>& key) {
  FactsMaker maker(node.columns, node.head.name);
  maker.declared_not_null(Origin::NotNull, Basis::Declared);
  maker.unique(key, Origin::DeclaredKey, Basis::Declared);
  return maker.take();
}

}  // namespace pipec::semantic
