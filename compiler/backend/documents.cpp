#include "backend/documents.h"

#include <fmt/format.h>

namespace pipec::backend {
namespace {

Value strings(const std::vector<Symbol>& names) {
  Value list = Value::array();
  for (Symbol name : names) list.push(name.text());
  return list;
}

std::string_view direct_name(lineage::Direct kind) {
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

std::string_view indirect_name(lineage::Indirect kind) {
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

template <typename Edge, typename NameOf>
Value edges(const std::vector<Edge>& list, NameOf name_of) {
  Value out = Value::array();
  for (const Edge& edge : list) {
    out.push(Value::object(
        {{"table", edge.source.table.text()}, {"column", edge.source.column.text()}, {"kind", name_of(edge.kind)}}));
  }
  return out;
}

Value columns_of(const pipeline::Node& node) {
  Value columns = Value::array();
  for (size_t i = 0; i < node.columns.size(); ++i) {
    const pipeline::Column& column = node.columns[i];
    Value entry =
        Value::object({{"name", column.name.text()}, {"type", column.type.text()}, {"nullable", column.nullable}});
    if (!column.description.empty()) entry.set("description", column.description);
    if (!column.pii.empty()) entry.set("pii", strings(column.pii));
    if (i < node.lineage.size()) {
      entry.set("from", edges(node.lineage[i].direct, direct_name));
      if (!node.lineage[i].conditional.empty()) {
        entry.set("decided_by", edges(node.lineage[i].conditional, indirect_name));
      }
    }
    columns.push(std::move(entry));
  }
  return columns;
}

void add_model(View& view, Symbol name, Value& document) {
  const pipeline::Model* model = view.model(name);
  if (!model) return;
  document.set("materialization", pipeline::materialization_name(model->materialization));
  document.set("public", model->is_public);
  if (!model->query.lineage.indirect.empty()) {
    document.set("rows_decided_by", edges(model->query.lineage.indirect, indirect_name));
  }
  Value expects = Value::array();
  for (const pipeline::Expect& expect : model->expects) {
    expects.push(Value::object({{"name", expect.name.text()}, {"text", expect.text}}));
  }
  document.set("expects", std::move(expects));
}

/// What the fact rests on; a leaf about a table names it, and that table's own document says more.
Value leaves_of(const facts::TableFacts& facts, facts::DerivationId because) {
  Value list = Value::array();
  for (const facts::Leaf& leaf : facts.derivations.leaves(because)) {
    Value entry = Value::object({{"by", facts::origin_name(leaf.origin)}, {"basis", facts::basis_name(leaf.basis)}});
    if (!leaf.table.empty()) entry.set("table", leaf.table.text());
    if (!leaf.columns.empty()) entry.set("columns", strings(leaf.columns));
    list.push(std::move(entry));
  }
  return list;
}

Value facts_of(const pipeline::Node& node) {
  const facts::TableFacts& facts = *node.facts;
  Value unique = Value::array(), never_null = Value::array();
  for (const auto& fact : facts.unique) {
    std::vector<Symbol> names;
    for (uint32_t at : fact.columns) names.push_back(node.columns[at].name);
    unique.push(Value::object({{"columns", strings(names)},
                               {"basis", facts::basis_name(facts.derivations.basis(fact.because))},
                               {"because", leaves_of(facts, fact.because)}}));
  }
  for (const auto& fact : facts.never_null) {
    never_null.push(Value::object({{"column", node.columns[fact.column].name.text()},
                                   {"basis", facts::basis_name(facts.derivations.basis(fact.because))},
                                   {"because", leaves_of(facts, fact.because)}}));
  }
  return Value::object({{"unique", std::move(unique)}, {"never_null", std::move(never_null)}});
}

Value steps_of(const pipeline::StepList& list) {
  Value steps = Value::array();
  for (const pipeline::Step& step : list.steps) {
    steps.push(Value::object({{"id", step.id},
                              {"phase", step.phase == pipeline::Phase::Migrate ? "migrate"
                                        : step.phase == pipeline::Phase::Run   ? "run"
                                                                               : "verify"},
                              {"file", step.path}}));
  }
  return steps;
}

}  // namespace

std::string node_path(Symbol name) {
  std::string_view text = name.text();
  size_t dot = text.find('.');
  if (dot == std::string_view::npos) return fmt::format("nodes/{}.json", file_part(text));
  return fmt::format("nodes/{}/{}.json", file_part(text.substr(0, dot)), file_part(text.substr(dot + 1)));
}

std::string node_document(View& view, Symbol name) {
  const pipeline::Node& node = *view.node(name);
  Value document = Value::object({{"format_version", kArtifactFormat},
                                  {"name", name.text()},
                                  {"kind", pipeline::node_kind_name(node.kind)},
                                  {"declared", node.head.declaration.text()},
                                  {"file", node.head.file.text()},
                                  {"description", node.head.description},
                                  {"owner", node.head.owner},
                                  {"tags", strings(node.head.tags)},
                                  {"inputs", strings(node.inputs)}});
  if (node.kind == pipeline::NodeKind::Model) add_model(view, name, document);
  document.set("columns", columns_of(node));
  if (node.facts) document.set("facts", facts_of(node));
  if (const pipeline::StepList* steps = view.steps(name)) document.set("steps", steps_of(*steps));
  return print_json(document);
}

std::string index_document(View& view) {
  const pipeline::Pipeline& pipeline = view.everything();
  Value nodes = Value::array();
  for (const pipeline::Node& node : pipeline.nodes) {
    nodes.push(Value::object({{"name", node.head.name.text()},
                              {"kind", pipeline::node_kind_name(node.kind)},
                              {"file", node_path(node.head.name)}}));
  }
  return print_json(Value::object({{"format_version", kArtifactFormat},
                                   {"project", pipeline.project},
                                   {"target", pipeline.target.name},
                                   {"order", strings(pipeline.order)},
                                   {"nodes", std::move(nodes)}}));
}

}  // namespace pipec::backend
