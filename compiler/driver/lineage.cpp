#include <fmt/format.h>

#include "diagnostics/diagnostic.h"
#include "driver/lineage_formats.h"
#include "driver/project_command.h"
#include "pipeline/lineage_graph.h"

namespace pipec::driver {
namespace {

using pipeline::ColumnRef;
using pipeline::LineageEdge;
using pipeline::LineageGraph;

// The longest known node that the name begins with; what is behind it is a column. Says so if there is none.
std::optional<ColumnRef> find(const LineageGraph& graph, const std::string& name, CommandResult& result) {
  Symbol whole = Symbol::of(name).folded();
  if (graph.known({whole, {}})) return ColumnRef{whole, {}};
  const size_t dot = name.rfind('.');
  if (dot != std::string::npos) {
    ColumnRef ref{Symbol::of(name.substr(0, dot)).folded(), Symbol::of(name.substr(dot + 1)).folded()};
    if (graph.known(ref)) return ref;
  }
  std::vector<std::string> names = graph.names();
  std::string hint = did_you_mean(name, {names.begin(), names.end()});
  result.err += fmt::format("there is no node or column `{}`{}{}\n", name, hint.empty() ? "" : ": ", hint);
  result.exit_code = 64;
  return std::nullopt;
}

std::vector<LineageEdge> all_edges(const LineageGraph& graph, const pipeline::Pipeline& pipeline) {
  std::vector<LineageEdge> edges;
  for (const pipeline::Node& node : pipeline.nodes) {
    for (const LineageEdge& edge : graph.upstream({node.head.name, {}})) {
      if (edge.to.node == node.head.name) edges.push_back(edge);
    }
  }
  return edges;
}

}  // namespace

CommandResult run_lineage(const LineageRequest& request) {
  Opened opened = open_project(request);
  if (!opened.ok()) return std::move(opened.result);
  CommandResult result = std::move(opened.result);
  const pipeline::Pipeline& pipeline = opened.analysis->pipeline;
  const LineageGraph graph = request.nodes ? LineageGraph::of_nodes(pipeline) : LineageGraph(pipeline);
  LineageView view{request.name, request.to, {}, {}, request.upstream, request.downstream};
  if (request.name.empty()) {
    view.upstream = all_edges(graph, pipeline);
  } else {
    std::optional<ColumnRef> ref = find(graph, request.name, result);
    if (!ref) return result;
    if (!request.to.empty()) {
      std::optional<ColumnRef> to = find(graph, request.to, result);
      if (!to) return result;
      view.upstream = graph.between(*ref, *to);
    } else {
      if (request.upstream) view.upstream = graph.upstream(*ref);
      if (request.downstream) view.downstream = graph.downstream(*ref);
    }
  }
  switch (request.format) {
    case LineageFormat::Text:
      result.out = lineage_text(view);
      break;
    case LineageFormat::Json:
      result.out = lineage_json(view);
      break;
    case LineageFormat::Mermaid:
      result.out = lineage_mermaid(view);
      break;
    case LineageFormat::OpenLineage:
      result.out = lineage_openlineage(view, pipeline, request.time);
      break;
  }
  return result;
}

}  // namespace pipec::driver
