// From the facts of a model's query to those of the table that is built from it.
#include <algorithm>

#include "semantic/facts.h"

namespace pipec::semantic {

using facts::Basis;
using facts::Origin;
using facts::TableFacts;
using pipeline::Materialization;

namespace {

/// Rows that are built at different times follow each other's changes, unless the author has them ignore some: then only
/// rows that are always built together are known to differ.
bool holds_in_table(const pipeline::Model& model, const FactsMaker& maker, const std::vector<uint32_t>& columns) {
  if (model.materialization == Materialization::Streaming) return false;
  if (model.materialization < Materialization::IncrementalByTime) return true;
  if (model.incremental.ignore_changes_of.empty()) return true;
  return std::all_of(model.incremental.columns.begin(), model.incremental.columns.end(), [&](Symbol name) {
    std::optional<uint32_t> at = maker.position(name);
    return at && std::find(columns.begin(), columns.end(), *at) != columns.end();
  });
}

/// Takes over what the query proves, by the table's columns.
void add_proven(FactsMaker& maker, const pipeline::Model& model, const pipeline::Node& node, TableFacts& query) {
  const auto& outputs = model.query.bound->outputs;
  std::vector<std::optional<uint32_t>> at(outputs.size());
  for (size_t i = 0; i < outputs.size(); ++i) at[i] = maker.position(outputs[i].name);
  maker.derivations() = std::move(query.derivations);
  for (const TableFacts::NeverNull& fact : query.never_null) {
    if (at[fact.column]) maker.never_null(*at[fact.column], fact.because);
  }
  for (const TableFacts::Unique& fact : query.unique) {
    std::vector<uint32_t> columns;
    bool whole = true;
    for (uint32_t output : fact.columns) {
      whole = whole && at[output] && facts::keeps_apart(outputs[output].type, node.columns[*at[output]].type);
      if (whole) columns.push_back(*at[output]);
    }
    if (whole && holds_in_table(model, maker, columns)) maker.unique(std::move(columns), fact.because);
  }
}

}  // namespace

FactsPointer facts_of_model(const pipeline::Model& model, const pipeline::Node& node, TableFacts* query) {
  FactsMaker maker(node.columns, node.head.name);
  if (query) add_proven(maker, model, node, *query);
  if (model.has_contract) maker.declared_not_null(Origin::Contract, Basis::Declared);
  if (model.materialization == Materialization::IncrementalByKey) {
    const std::vector<Symbol>& key = model.incremental.columns;
    maker.unique(key, Origin::Merge, maker.is_founded(key) ? Basis::Guaranteed : Basis::Declared);
  }
  for (const pipeline::Expect& expect : model.expects) {
    if (expect.policy == pipeline::ElsePolicy::Warn) continue;
    if (expect.kind == pipeline::ExpectKind::Unique) maker.unique(expect.columns, Origin::Expect, Basis::Declared);
    if (expect.kind != pipeline::ExpectKind::NotNull) continue;
    for (Symbol column : expect.columns) maker.never_null(column, Origin::Expect, Basis::Declared);
  }
  maker.unique(model.key, Origin::DeclaredKey, Basis::Declared);
  return maker.take();
}

}  // namespace pipec::semantic
