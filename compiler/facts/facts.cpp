#include "facts/facts.h"

#include <algorithm>

#include "facts/walk.h"

namespace pipec::facts {

TableFacts facts_of(const Request& request) {
  if (!request.query.root) return {};
  Walk walk(request);
  walk.run();
  return walk.take();
}

void add_unique(TableFacts& facts, std::vector<uint32_t> columns, DerivationId because) {
  std::sort(columns.begin(), columns.end());
  columns.erase(std::unique(columns.begin(), columns.end()), columns.end());
  auto holds = [](const std::vector<uint32_t>& large, const std::vector<uint32_t>& small) {
    return std::includes(large.begin(), large.end(), small.begin(), small.end());
  };
  auto weak = [&](DerivationId id) { return facts.derivations.basis(id) == Basis::Declared; };
  for (const TableFacts::Unique& known : facts.unique) {
    if (holds(columns, known.columns) && (!weak(known.because) || weak(because))) return;
  }
  std::erase_if(facts.unique, [&](const TableFacts::Unique& known) {
    return holds(known.columns, columns) && (!weak(because) || weak(known.because));
  });
  auto after = [](const TableFacts::Unique& a, const TableFacts::Unique& b) {
    return a.columns.size() != b.columns.size() ? a.columns.size() < b.columns.size() : a.columns < b.columns;
  };
  TableFacts::Unique added{std::move(columns), because};
  facts.unique.insert(std::upper_bound(facts.unique.begin(), facts.unique.end(), added, after), std::move(added));
  if (facts.unique.size() > kMaxUnique) facts.unique.pop_back();
}

void show(const TableFacts& facts, sql::TableInterface& table) {
  for (const TableFacts::NeverNull& fact : facts.never_null) {
    table.columns[fact.column].never_null = facts.derivations.basis(fact.because);
  }
  for (const TableFacts::Unique& fact : facts.unique) {
    table.keys.push_back({fact.columns, facts.derivations.basis(fact.because)});
  }
  table.period = facts.period;
}

}  // namespace pipec::facts
