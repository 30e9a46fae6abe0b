// What is known of the rows of each kind of node; see facts/facts.h.
#pragma once

#include "facts/facts.h"
#include "pipeline/pipeline.h"

namespace pipec::semantic {

using FactsPointer = std::shared_ptr<const facts::TableFacts>;

/// Facts of one table while they are put together. Names that are no column are left out: they were reported.
class FactsMaker {
 public:
  FactsMaker(const std::vector<pipeline::Column>& columns, Symbol table)
      : columns_(columns), table_(table), never_null_(columns.size()) {}

  facts::Derivations& derivations() { return facts_.derivations; }
  std::optional<uint32_t> position(Symbol name) const;
  void never_null(Symbol column, facts::Origin origin, facts::Basis basis);
  void never_null(uint32_t column, facts::DerivationId because);
  /// All columns that are declared so and of which nothing better is known.
  void declared_not_null(facts::Origin origin, facts::Basis basis);
  void unique(const std::vector<Symbol>& names, facts::Origin origin, facts::Basis basis);
  void unique(std::vector<uint32_t> columns, facts::DerivationId because);
  /// The columns are never NULL, and not only because somebody says so.
  bool is_founded(const std::vector<Symbol>& names) const;
  /// The versions of a key, as every history has them.
  void versions(const std::vector<Symbol>& key, facts::Basis basis);
  FactsPointer take();

 private:
  const std::vector<pipeline::Column>& columns_;
  Symbol table_;
  facts::TableFacts facts_;
  std::vector<facts::DerivationId> never_null_;
};

FactsPointer facts_of_cdc(const pipeline::Cdc& cdc, const pipeline::Node& node, const pipeline::SourceTable& table);
FactsPointer facts_of_load(const pipeline::Load& load, const pipeline::Node& node, const pipeline::Source& source,
                           const pipeline::SourceTable& table);
FactsPointer facts_of_snapshot(const pipeline::Snapshot& snapshot, const pipeline::Node& node,
                               const facts::TableFacts* source);
/// Of a table that somebody else fills: nothing but what is said of it.
FactsPointer facts_as_declared(const pipeline::Node& node, const std::vector<Symbol>& key);
/// `query`: facts of the model's query by its outputs; nullptr if there is none that could be bound.
FactsPointer facts_of_model(const pipeline::Model& model, const pipeline::Node& node, facts::TableFacts* query);

}  // namespace pipec::semantic
