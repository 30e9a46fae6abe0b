#include "openlineage/column_lineage.h"

#include "openlineage/facets.h"
#include "pipeline/lineage_graph.h"

namespace pipec::backend::openlineage {

namespace {

Value transformation(bool direct, std::string_view kind, bool masking = false) {
  Value value = Value::object({{"type", direct ? "DIRECT" : "INDIRECT"}, {"subtype", kind}});
  if (masking) value.add("masking", true);
  return value;
}

using Ways = std::map<std::pair<std::string_view, std::string_view>, std::pair<lineage::Source, Value>>;

/// A column that arrives in several ways is one field with several transformations.
void add_way(Ways& ways, const lineage::Source& source, Value how) {
  auto [entry, is_new] = ways.try_emplace({source.table.text(), source.column.text()}, source, Value::array());
  entry->second.second.push(std::move(how));
}

Value fields_of(Ways ways, const Inputs& inputs) {
  Value list = Value::array();
  for (auto& [name, way] : ways) {
    Value field = inputs.field(way.first);
    field.add("transformations", std::move(way.second));
    list.push(std::move(field));
  }
  return list;
}

std::vector<pipeline::Column> columns_of(const pipeline::SourceTable& table) {
  std::vector<pipeline::Column> columns;
  for (const pipeline::SourceColumn& column : table.columns) columns.push_back(column.column);
  return columns;
}

}  // namespace

Inputs::Inputs(View& view, const pipeline::Node& node, SourceInput from_source) {
  if (from_source.table) {
    const pipeline::SourceTable& table = *from_source.table;
    add(from_source.source->full_name(table), source_name(view, *from_source.source, table), columns_of(table));
  }
  for (Symbol input : node.inputs) add(input, table_name(view, input), view.node(input)->columns);
}

void Inputs::add(Symbol name, Dataset dataset, const std::vector<pipeline::Column>& columns) {
  datasets_.emplace(name, std::move(dataset));
  for (const pipeline::Column& column : columns) {
    spelled_.emplace(std::pair{name.text(), column.name.folded().text()}, column.name);
  }
}

Value Inputs::field(const lineage::Source& source) const {
  const Dataset& dataset = datasets_.at(source.table);
  auto spelled = spelled_.find({source.table.text(), source.column.text()});
  Symbol column = spelled == spelled_.end() ? source.column : spelled->second;
  return Value::object({{"namespace", dataset.space}, {"name", dataset.name}, {"field", column.text()}});
}

Value column_lineage(const pipeline::Node& node, const std::vector<lineage::IndirectEdge>& whole,
                     const Inputs& inputs) {
  Value fields = Value::object();
  for (size_t i = 0; i < node.lineage.size(); ++i) {
    Ways ways;
    for (const lineage::DirectEdge& edge : node.lineage[i].direct) {
      add_way(ways, edge.source, transformation(true, pipeline::lineage_word(edge.kind), !edge.cleared.empty()));
    }
    for (const lineage::IndirectEdge& edge : node.lineage[i].conditional) {
      add_way(ways, edge.source, transformation(false, pipeline::lineage_word(edge.kind)));
    }
    if (ways.empty()) continue;
    fields.add(std::string(node.columns[i].name.text()),
               Value::object({{"inputFields", fields_of(std::move(ways), inputs)}}));
  }
  Ways deciding;
  for (const lineage::IndirectEdge& edge : whole) {
    add_way(deciding, edge.source, transformation(false, pipeline::lineage_word(edge.kind)));
  }
  if (fields.members()->empty() && deciding.empty()) return {};
  Value value = facet("1-2-0", "ColumnLineageDatasetFacet");
  value.add("fields", std::move(fields));
  if (!deciding.empty()) value.add("dataset", fields_of(std::move(deciding), inputs));
  return value;
}

Value assertions(const pipeline::Node& input, const std::set<Symbol, ByText>& read) {
  if (!input.facts) return {};
  const facts::TableFacts& facts = *input.facts;
  auto holds = [&](facts::DerivationId because) { return facts.derivations.basis(because) != sql::Basis::Declared; };
  Value list = Value::array();
  auto add = [&](const char* kind) {
    Value value = Value::object({{"assertion", kind}, {"success", true}});
    return value;
  };
  for (const facts::TableFacts::NeverNull& fact : facts.never_null) {
    Symbol column = input.columns[fact.column].name;
    if (!holds(fact.because) || read.count(column.folded()) == 0) continue;
    list.push(add("not_null").add("column", column.text()));
  }
  for (const facts::TableFacts::Unique& fact : facts.unique) {
    if (!holds(fact.because)) continue;
    Value value = add("unique");
    Value columns = Value::array();
    for (uint32_t column : fact.columns) columns.push(input.columns[column].name.text());
    if (fact.columns.size() == 1) {
      value.add("column", *columns.items()->front().text());
    } else {
      value.add("params", Value::object({{"columns", std::move(columns)}}));
    }
    list.push(std::move(value));
  }
  if (list.items()->empty()) return {};
  Value value = facet("1-1-0", "DataQualityAssertionsDatasetFacet");
  return value.add("assertions", std::move(list));
}

std::map<Symbol, std::set<Symbol, ByText>, ByText> columns_read(const pipeline::Node& node,
                                                                const std::vector<lineage::IndirectEdge>& whole) {
  std::map<Symbol, std::set<Symbol, ByText>, ByText> read;
  for (const lineage::ColumnLineage& column : node.lineage) {
    for (const lineage::DirectEdge& edge : column.direct) read[edge.source.table].insert(edge.source.column);
    for (const lineage::IndirectEdge& edge : column.conditional) read[edge.source.table].insert(edge.source.column);
  }
  for (const lineage::IndirectEdge& edge : whole) read[edge.source.table].insert(edge.source.column);
  return read;
}

}  // namespace pipec::backend::openlineage
