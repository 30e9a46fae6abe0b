#include "sql/scope.h"

#include <algorithm>

namespace pipec::sql {

void Scope::add(Relation relation, ScopeRelation named) {
  uint32_t number = static_cast<uint32_t>(relations.size());
  named.broken = named.broken || relation.broken;
  relations.push_back(named);
  columns.reserve(columns.size() + relation.columns.size());
  for (const Relation::Column& column : relation.columns) {
    columns.push_back({column.name, column.name.folded(), column.id, number, false});
  }
}

void Scope::append(Scope other) {
  uint32_t shift = static_cast<uint32_t>(relations.size());
  relations.insert(relations.end(), other.relations.begin(), other.relations.end());
  columns.reserve(columns.size() + other.columns.size());
  for (ScopeColumn column : other.columns) {
    if (column.relation != kNoRelation) column.relation += shift;
    columns.push_back(column);
  }
  index_.clear();
  indexed_ = 0;
}

bool Scope::broken() const {
  return std::any_of(relations.begin(), relations.end(), [](const ScopeRelation& r) { return r.broken; });
}

bool Scope::answers(const ScopeRelation& relation, std::span<const Symbol> qualifier) const {
  if (qualifier.size() == 1) return relation.alias == qualifier[0] && !relation.alias.empty();
  if (qualifier.size() != 2 || relation.schema.empty()) return false;
  return relation.schema == qualified(qualifier[0], qualifier[1]);
}

namespace {

void offer(Scope::Lookup& result, const ScopeColumn& column) {
  if (result.outcome == Scope::Outcome::NotFound) {
    result.outcome = Scope::Outcome::Found;
    result.column = &column;
  } else if (result.outcome == Scope::Outcome::Found && result.column->id != column.id) {
    result.outcome = Scope::Outcome::Ambiguous;
    result.other = &column;
  }
}

}  // namespace

Scope::Lookup Scope::find_plain(Symbol name) const {
  Lookup result;
  result.used = 1;
  constexpr size_t kWide = 48;
  if (columns.size() > kWide) {
    if (indexed_ != columns.size()) {
      index_.clear();
      for (uint32_t i = 0; i < columns.size(); ++i) index_.emplace(columns[i].folded.value, i);
      indexed_ = columns.size();
    }
    // The lowest number first, so that messages do not depend on the hash table's order.
    std::vector<uint32_t> hits;
    for (auto [at, end] = index_.equal_range(name.value); at != end; ++at) hits.push_back(at->second);
    std::sort(hits.begin(), hits.end());
    for (uint32_t hit : hits) {
      if (!columns[hit].hidden) offer(result, columns[hit]);
    }
    return result;
  }
  for (const ScopeColumn& column : columns) {
    if (column.folded == name && !column.hidden) offer(result, column);
  }
  return result;
}

Scope::Lookup Scope::find_qualified(std::span<const Symbol> qualifier, Symbol name) const {
  Lookup result;
  result.used = qualifier.size() + 1;
  for (const ScopeColumn& column : columns) {
    if (column.folded != name || column.relation == kNoRelation) continue;
    if (answers(relations[column.relation], qualifier)) offer(result, column);
  }
  if (result.outcome != Outcome::NotFound) return result;
  for (const ScopeRelation& relation : relations) {
    if (!answers(relation, qualifier)) continue;
    result.qualifier = &relation;
    if (relation.broken) result.outcome = Outcome::Silent;
  }
  return result;
}

Scope::Lookup Scope::find(std::span<const Symbol> parts) const {
  Lookup missing;
  for (size_t qualifiers = std::min<size_t>(2, parts.size() - 1); qualifiers > 0; --qualifiers) {
    Lookup found = find_qualified(parts.first(qualifiers), parts[qualifiers]);
    if (found.outcome != Outcome::NotFound) return found;
    if (found.qualifier && !missing.qualifier) missing = found;
  }
  Lookup plain = find_plain(parts[0]);
  if (plain.outcome != Outcome::NotFound) return plain;
  if (broken() && !missing.qualifier) plain.outcome = Outcome::Silent;
  plain.qualifier = missing.qualifier;
  plain.used = missing.qualifier ? missing.used : 1;
  return plain;
}

}  // namespace pipec::sql
