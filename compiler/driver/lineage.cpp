#include <fmt/format.h>

#include "artifact/document.h"
#include "diagnostics/diagnostic.h"
#include "driver/project_command.h"
#include "pipeline/lineage_graph.h"

namespace pipec::driver {
namespace {

using pipeline::ColumnRef;
using pipeline::LineageEdge;
using pipeline::LineageGraph;

// The longest known node that the name begins with; what is behind it is a column.
std::optional<ColumnRef> find(const LineageGraph& graph, const std::string& name) {
  Symbol whole = Symbol::of(name).folded();
  if (graph.known({whole, {}})) return ColumnRef{whole, {}};
  size_t dot = name.rfind('.');
  if (dot == std::string::npos) return std::nullopt;
  ColumnRef ref{Symbol::of(name.substr(0, dot)).folded(), Symbol::of(name.substr(dot + 1)).folded()};
  if (!graph.known(ref)) return std::nullopt;
  return ref;
}

std::string text_of(const ColumnRef& ref) {
  return fmt::format("{}.{}", ref.node.text(), ref.column.text());
}

void print(std::string& out, const char* title, const std::vector<LineageEdge>& edges) {
  out += fmt::format("{}:{}\n", title, edges.empty() ? " nothing" : "");
  for (const LineageEdge& edge : edges) {
    out += fmt::format("  {} -> {}  {}\n", text_of(edge.from), text_of(edge.to), edge.kind);
  }
}

Value json_of(const std::vector<LineageEdge>& edges) {
  Value list = Value::array();
  for (const LineageEdge& edge : edges) {
    list.push(
        Value::object({{"from", Value::object({{"node", edge.from.node.text()}, {"column", edge.from.column.text()}})},
                       {"to", Value::object({{"node", edge.to.node.text()}, {"column", edge.to.column.text()}})},
                       {"type", edge.direct ? "DIRECT" : "INDIRECT"},
                       {"subtype", edge.kind}}));
  }
  return list;
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
  LineageGraph graph(opened.analysis->pipeline);
  std::vector<LineageEdge> up, down;
  if (request.name.empty()) {
    up = all_edges(graph, opened.analysis->pipeline);
  } else {
    std::optional<ColumnRef> ref = find(graph, request.name);
    if (!ref) {
      std::vector<std::string> names = graph.names();
      std::string hint = did_you_mean(request.name, {names.begin(), names.end()});
      result.err += fmt::format("there is no node or column `{}`{}{}\n", request.name, hint.empty() ? "" : ": ", hint);
      result.exit_code = 64;
      return result;
    }
    if (request.upstream) up = graph.upstream(*ref);
    if (request.downstream) down = graph.downstream(*ref);
  }
  if (request.format == LineageFormat::Json) {
    Value document = Value::object({{"format_version", 1}, {"name", request.name}});
    document.set("upstream", json_of(up)).set("downstream", json_of(down));
    result.out = print_json(document);
  } else if (request.name.empty()) {
    print(result.out, "edges", up);
  } else {
    if (request.upstream) print(result.out, "upstream", up);
    if (request.downstream) print(result.out, "downstream", down);
  }
  return result;
}

}  // namespace pipec::driver
