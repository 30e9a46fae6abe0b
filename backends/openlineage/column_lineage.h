// The facets of a job that speak of columns: where those of its output come from, and what is known of its inputs'.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "openlineage/events.h"

namespace pipec::backend::openlineage {

/// The datasets that a node reads, and how their columns are spelled. The Pipeline has names folded; a source may not.
class Inputs {
 public:
  Inputs(View& view, const pipeline::Node& node, SourceInput from_source);

  /// Every dataset with its name in the Pipeline, sorted by that.
  const std::map<Symbol, Dataset, ByText>& datasets() const { return datasets_; }
  /// {namespace, name, field}
  Value field(const lineage::Source& source) const;

 private:
  void add(Symbol name, Dataset dataset, const std::vector<pipeline::Column>& columns);

  std::map<Symbol, Dataset, ByText> datasets_;
  std::map<std::pair<std::string_view, std::string_view>, Symbol> spelled_;
};

/// `whole`: what decides which rows there are at all.
Value column_lineage(const pipeline::Node& node, const std::vector<lineage::IndirectEdge>& whole, const Inputs& inputs);

/// What is proved of an input: no NULL in the columns that the node reads, and its keys. What an author merely says is
/// left out: an assertion states that it succeeded. Null if there is nothing.
Value assertions(const pipeline::Node& input, const std::set<Symbol, ByText>& read);

/// Columns of each input that the node's rows depend on.
std::map<Symbol, std::set<Symbol, ByText>, ByText> columns_read(const pipeline::Node& node,
                                                                const std::vector<lineage::IndirectEdge>& whole);

}  // namespace pipec::backend::openlineage
