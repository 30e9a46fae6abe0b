// Column lineage over the whole graph: from the source's columns to the exports', both ways.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "pipeline/pipeline.h"

namespace pipec::pipeline {

/// A column of a node ("gold.x", "a") or of a source table ("shop.public.orders", "a"); names folded. A node itself has an
/// empty column.
struct ColumnRef {
  Symbol node;
  Symbol column;
  friend bool operator==(const ColumnRef&, const ColumnRef&) = default;
};
struct ByName {
  bool operator()(const ColumnRef& a, const ColumnRef& b) const {
    return a.node.text() != b.node.text() ? a.node.text() < b.node.text() : a.column.text() < b.column.text();
  }
};

struct LineageEdge {
  ColumnRef from, to;
  std::string kind;  // OpenLineage's words: "IDENTITY", "TRANSFORMATION", "AGGREGATION", "CONDITIONAL", "WINDOW", ...;
                     // empty between nodes
  bool direct = true;
  friend bool operator==(const LineageEdge&, const LineageEdge&) = default;
};

/// OpenLineage's words for a kind of edge.
std::string lineage_word(lineage::Direct kind);
std::string lineage_word(lineage::Indirect kind);

class LineageGraph {
 public:
  explicit LineageGraph(const Pipeline& pipeline);
  /// Of whole nodes and tables of sources: what reads what. Columns are empty.
  static LineageGraph of_nodes(const Pipeline& pipeline);
  bool known(ColumnRef ref) const;
  /// Edges reached from a column (or from all columns of a node), nearest first, then by name.
  std::vector<LineageEdge> upstream(ColumnRef ref) const { return walk(ref, up_); }
  std::vector<LineageEdge> downstream(ColumnRef ref) const { return walk(ref, down_); }
  /// Edges on a way from one to the other, in the order of upstream(to).
  std::vector<LineageEdge> between(ColumnRef from, ColumnRef to) const;
  /// "node" and "node.column" of everything, sorted, for suggestions.
  std::vector<std::string> names() const;

 private:
  LineageGraph() = default;
  using Edges = std::map<ColumnRef, std::vector<LineageEdge>, ByName>;
  std::vector<LineageEdge> walk(ColumnRef start, const Edges& edges) const;
  void add(LineageEdge edge);
  Edges up_, down_;
  std::map<Symbol, std::vector<Symbol>, ByText> columns_;
};

}  // namespace pipec::pipeline
