// A node's part: what an orchestrator shows of it, and its steps.
#include <algorithm>
#include <set>

#include "base/hash.h"
#include "orchestration/documents.h"

namespace pipec::orchestration {

using backend::View;
using pipeline::Node;
using pipeline::NodeKind;

namespace {

/// Schemas group nodes; an export has none and is grouped by where it goes.
std::string_view group_of(View& view, const Node& node) {
  if (node.kind == NodeKind::Export) return view.export_(node.head.name)->destination.text();
  return node.head.name.text().substr(0, node.head.name.text().find('.'));
}

/// The capture that keeps a log.
const pipeline::Cdc* capture_of(View& view, Symbol log) {
  for (Symbol reader : view.readers(log)) {
    const pipeline::Cdc* cdc = view.cdc(reader);
    if (cdc && cdc->log == log) return cdc;
  }
  return nullptr;
}

const pipeline::SourceTable* source_table_of(const pipeline::Source& source, const pipeline::Cdc& cdc) {
  auto found = std::find_if(source.tables.begin(), source.tables.end(), [&](const pipeline::SourceTable& table) {
    return table.schema == cdc.table_schema && table.name == cdc.table_name;
  });
  return found == source.tables.end() ? nullptr : &*found;
}

/// A column's name as its table spells it; lineage has it folded.
Symbol spelled(const std::vector<Symbol>& names, Symbol folded) {
  if (std::find(names.begin(), names.end(), folded) != names.end()) return folded;
  auto found = std::find_if(names.begin(), names.end(), [&](Symbol name) { return name.folded() == folded; });
  return found == names.end() ? folded : *found;
}

struct Upstream {
  Value key;
  std::vector<Symbol> columns;
};

/// What a node reads, by the name that lineage has for it.
std::map<Symbol, Upstream, ByText> upstream_of(View& view, const Node& node) {
  std::map<Symbol, Upstream, ByText> upstream;
  for (Symbol input : node.inputs) {
    Upstream& from = upstream[input];
    from.key = key_of_node(input);
    if (const Node* found = view.node(input)) {
      for (const pipeline::Column& column : found->columns) from.columns.push_back(column.name);
    }
  }
  if (node.kind != NodeKind::CdcLog) return upstream;
  const pipeline::Cdc* cdc = capture_of(view, node.head.name);
  const pipeline::Source* source = cdc ? view.source(cdc->source) : nullptr;
  const pipeline::SourceTable* table = source ? source_table_of(*source, *cdc) : nullptr;
  if (!table) return upstream;
  Upstream& from = upstream[source->full_name(*table)];
  from.key = key_of_table(*source, *table);
  for (const pipeline::SourceColumn& column : table->columns) from.columns.push_back(column.column.name);
  return upstream;
}

Value lineage_value(const Node& node, const std::map<Symbol, Upstream, ByText>& upstream) {
  Value lineage = Value::object();
  for (size_t i = 0; i < node.lineage.size() && i < node.columns.size(); ++i) {
    Value edges = Value::array();
    const lineage::Source* last = nullptr;  // one source may flow in by several ways; they are sorted
    for (const lineage::DirectEdge& edge : node.lineage[i].direct) {
      auto from = upstream.find(edge.source.table);
      if (from == upstream.end() || (last && *last == edge.source)) continue;
      last = &edge.source;
      edges.push(Value::object(
          {{"key", from->second.key}, {"column", spelled(from->second.columns, edge.source.column).text()}}));
    }
    if (!edges.items()->empty()) lineage.add(std::string(node.columns[i].name.text()), std::move(edges));
  }
  return lineage;
}

/// The gates of a run, as checks, each once; a model's expectations say in words what theirs are.
Value gates_value(const pipeline::StepList* steps, const pipeline::Model* model) {
  Value gates = Value::array();
  std::set<std::string_view> known;
  for (const pipeline::Step& step : steps_in(steps)) {
    if (step.kind != pipeline::StepKind::Gate || step.phase != pipeline::Phase::Run) continue;
    if (!known.insert(step.check).second) continue;
    Value gate = Value::object({{"name", step.check}, {"policy", policy_name(step.policy)}});
    if (model) {
      for (const pipeline::Expect& expect : model->expects)
        if (expect.name.text() == step.check) gate.add("description", expect.text);
    }
    gates.push(std::move(gate));
  }
  return gates;
}

/// Changes when what a run executes changes, and at no other time.
std::string code_version(const pipeline::StepList* steps) {
  std::string all;
  for (const pipeline::Step& step : steps_in(steps)) {
    if (step.phase == pipeline::Phase::Run) all += step.id + '\n' + step.sql;
  }
  return sha256_hex(all).substr(0, 12);
}

}  // namespace

Value node_value(View& view, Symbol name) {
  const Node& node = *view.node(name);
  const pipeline::StepList* steps = view.steps(name);
  const pipeline::Model* model = node.kind == NodeKind::Model ? view.model(name) : nullptr;
  const auto upstream = upstream_of(view, node);
  Value value = head_value(node.head);
  value.add("key", key_of_node(name)).add("kind", pipeline::node_kind_name(node.kind));
  if (model) value.add("materialization", pipeline::materialization_name(model->materialization));
  value.add("group", group_of(view, node));
  value.add("kinds", Value::array({node.kind == NodeKind::Export ? Value("postgres") : Value(view.target().engine)}));
  value.add("code_version", code_version(steps));
  if (node.kind == NodeKind::Export) {
    if (const auto& freshness = view.export_(name)->freshness) value.add("freshness_seconds", freshness->seconds);
  }
  if (model && model->materialization == pipeline::Materialization::IncrementalByTime) {
    const pipeline::Incremental& incremental = model->incremental;
    value.add("partitions", Value::object({{"grain_seconds", incremental.grain_seconds},
                                           {"start", incremental.start.empty() ? "1970-01-01" : incremental.start},
                                           {"batch", incremental.batch_grains}}));
  }
  const pipeline::Job* job = node.kind == NodeKind::Job ? view.job(name) : nullptr;
  if (job && job->timeout) value.add("timeout_seconds", job->timeout->seconds);
  Value deps = Value::array();
  for (const auto& [table, from] : upstream) deps.push(from.key);
  value.add("deps", std::move(deps));
  value.add("columns", columns_value(node.columns));
  value.add("lineage", lineage_value(node, upstream));
  value.add("checks", gates_value(steps, model));
  value.add("steps", steps_value(steps));
  return value;
}

}  // namespace pipec::orchestration
