#include "pipeline/lineage_graph.h"

#include <algorithm>
#include <set>

namespace pipec::pipeline {

std::string lineage_word(lineage::Direct kind) {
  switch (kind) {
    case lineage::Direct::Identity:
      return "IDENTITY";
    case lineage::Direct::Transformation:
      return "TRANSFORMATION";
    case lineage::Direct::Aggregation:
      return "AGGREGATION";
  }
  return "";
}

std::string lineage_word(lineage::Indirect kind) {
  switch (kind) {
    case lineage::Indirect::Join:
      return "JOIN";
    case lineage::Indirect::GroupBy:
      return "GROUP_BY";
    case lineage::Indirect::Filter:
      return "FILTER";
    case lineage::Indirect::Sort:
      return "SORT";
    case lineage::Indirect::Window:
      return "WINDOW";
    case lineage::Indirect::Conditional:
      return "CONDITIONAL";
  }
  return "";
}

LineageGraph::LineageGraph(const Pipeline& pipeline) {
  for (const Source& source : pipeline.sources) {
    for (const SourceTable& table : source.tables) {
      Symbol name = source.full_name(table);
      for (const SourceColumn& column : table.columns) columns_[name].push_back(column.column.name.folded());
    }
  }
  for (const Node& node : pipeline.nodes) {
    for (size_t i = 0; i < node.columns.size(); ++i) {
      ColumnRef to{node.head.name, node.columns[i].name.folded()};
      columns_[node.head.name].push_back(to.column);
      if (i >= node.lineage.size()) continue;
      for (const auto& edge : node.lineage[i].direct) {
        add({{edge.source.table, edge.source.column}, to, lineage_word(edge.kind), true});
      }
      for (const auto& edge : node.lineage[i].conditional) {
        add({{edge.source.table, edge.source.column}, to, lineage_word(edge.kind), false});
      }
    }
  }
}

LineageGraph LineageGraph::of_nodes(const Pipeline& pipeline) {
  LineageGraph graph;
  for (const auto& [name, columns] : LineageGraph(pipeline).columns_) graph.columns_[name] = {Symbol()};
  for (const Node& node : pipeline.nodes) {
    graph.columns_[node.head.name] = {Symbol()};
    std::set<Symbol, ByText> inputs(node.inputs.begin(), node.inputs.end());
    for (const lineage::ColumnLineage& column : node.lineage) {
      for (const auto& edge : column.direct) inputs.insert(edge.source.table);
    }
    for (Symbol input : inputs) graph.add({{input, {}}, {node.head.name, {}}, {}, true});
  }
  return graph;
}

std::vector<LineageEdge> LineageGraph::between(ColumnRef from, ColumnRef to) const {
  const std::vector<LineageEdge> below = downstream(from);
  std::vector<LineageEdge> found = upstream(to);
  std::set<std::pair<ColumnRef, ColumnRef>, decltype([](const auto& a, const auto& b) {
             if (!(a.first == b.first)) return ByName()(a.first, b.first);
             return ByName()(a.second, b.second);
           })>
      reached;
  for (const LineageEdge& edge : below) reached.insert({edge.from, edge.to});
  std::erase_if(found, [&](const LineageEdge& edge) { return reached.count({edge.from, edge.to}) == 0; });
  return found;
}

void LineageGraph::add(LineageEdge edge) {
  up_[edge.to].push_back(edge);
  down_[edge.from].push_back(std::move(edge));
}

bool LineageGraph::known(ColumnRef ref) const {
  auto found = columns_.find(ref.node);
  if (found == columns_.end()) return false;
  return ref.column.empty() || std::find(found->second.begin(), found->second.end(), ref.column) != found->second.end();
}

std::vector<LineageEdge> LineageGraph::walk(ColumnRef start, const Edges& edges) const {
  bool up = &edges == &up_;
  std::vector<ColumnRef> open;
  if (start.column.empty()) {
    for (Symbol column : columns_.at(start.node)) open.push_back({start.node, column});
  } else {
    open.push_back(start);
  }
  std::set<ColumnRef, ByName> seen(open.begin(), open.end());
  std::vector<LineageEdge> found;
  for (size_t i = 0; i < open.size(); ++i) {
    auto entry = edges.find(open[i]);
    if (entry == edges.end()) continue;
    for (const LineageEdge& edge : entry->second) {
      found.push_back(edge);
      const ColumnRef& next = up ? edge.from : edge.to;
      if (seen.insert(next).second) open.push_back(next);
    }
  }
  return found;
}

std::vector<std::string> LineageGraph::names() const {
  std::vector<std::string> names;
  for (const auto& [node, columns] : columns_) {
    names.emplace_back(node.text());
    for (Symbol column : columns)
      if (!column.empty()) names.push_back(std::string(node.text()) + "." + std::string(column.text()));
  }
  return names;
}

}  // namespace pipec::pipeline
