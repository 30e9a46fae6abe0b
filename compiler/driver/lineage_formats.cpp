#include "driver/lineage_formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "artifact/document.h"

namespace pipec::driver {
namespace {

using pipeline::ColumnRef;
using pipeline::LineageEdge;

constexpr const char* kProducer = "urn:pipec";
constexpr const char* kEventSchema = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/JobEvent";
constexpr const char* kColumnFacet =
    "https://openlineage.io/spec/facets/1-2-0/ColumnLineageDatasetFacet.json#/$defs/ColumnLineageDatasetFacet";
constexpr const char* kSchemaFacet =
    "https://openlineage.io/spec/facets/1-2-0/SchemaDatasetFacet.json#/$defs/SchemaDatasetFacet";

std::string text_of(const ColumnRef& ref) {
  if (ref.column.empty()) return std::string(ref.node.text());
  return fmt::format("{}.{}", ref.node.text(), ref.column.text());
}

void print(std::string& out, std::string_view title, const std::vector<LineageEdge>& edges) {
  out += fmt::format("{}:{}\n", title, edges.empty() ? " nothing" : "");
  for (const LineageEdge& edge : edges) {
    out +=
        fmt::format("  {} -> {}{}{}\n", text_of(edge.from), text_of(edge.to), edge.kind.empty() ? "" : "  ", edge.kind);
  }
}

Value json_of(const ColumnRef& ref) {
  Value value = Value::object({{"node", ref.node.text()}});
  if (!ref.column.empty()) value.set("column", ref.column.text());
  return value;
}

Value json_of(const std::vector<LineageEdge>& edges) {
  Value list = Value::array();
  for (const LineageEdge& edge : edges) {
    Value value = Value::object({{"from", json_of(edge.from)}, {"to", json_of(edge.to)}});
    if (!edge.kind.empty()) value.set("type", edge.direct ? "DIRECT" : "INDIRECT").set("subtype", edge.kind);
    list.push(std::move(value));
  }
  return list;
}

std::vector<LineageEdge> edges_of(const LineageView& view) {
  std::vector<LineageEdge> edges = view.upstream;
  edges.insert(edges.end(), view.downstream.begin(), view.downstream.end());
  return edges;
}

// Mermaid has no escapes but entities; `#` begins one.
std::string mermaid_label(std::string_view text) {
  std::string out;
  for (char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
                       c == '.' || c == '-' || static_cast<unsigned char>(c) >= 0x80;
    if (plain || c == ' ') {
      out += c;
    } else {
      out += fmt::format("#{};", static_cast<unsigned char>(c));
    }
  }
  return out;
}

Value dataset(const std::string& space, std::string_view name) {
  return Value::object({{"namespace", space}, {"name", name}});
}

Value facet(const char* schema) {
  return Value::object({{"_producer", kProducer}, {"_schemaURL", schema}});
}

Value input_field(const std::string& space, std::string_view table, std::string_view column) {
  Value field = dataset(space, table);
  field.set("field", column);
  return field;
}

Value transformation(bool direct, std::string_view kind) {
  return Value::object({{"type", direct ? "DIRECT" : "INDIRECT"}, {"subtype", kind}});
}

// What one node is made of: its columns' sources, each with all the ways in which it arrives.
class Event {
 public:
  Event(std::string space, const pipeline::Pipeline& pipeline, Symbol node)
      : space_(std::move(space)), pipeline_(pipeline), node_(pipeline.node(node)), name_(node) {}

  void add(const LineageEdge& edge) {
    inputs_[std::string(edge.from.node.text())] = true;
    if (edge.to.column.empty()) return;
    fields_[std::string(edge.to.column.text())]
           [{std::string(edge.from.node.text()), std::string(edge.from.column.text())}]
               .push_back({edge.direct, edge.kind});
  }

  Value value(const std::string& time) const {
    Value inputs = Value::array();
    for (const auto& [name, used] : inputs_) inputs.push(dataset(space_, name));
    Value output = dataset(space_, name_.text());
    Value facets = Value::object();
    if (node_) facets.set("schema", schema());
    facets.set("columnLineage", columns());
    output.set("facets", std::move(facets));
    return Value::object({{"eventTime", time},
                          {"producer", kProducer},
                          {"schemaURL", kEventSchema},
                          {"job", dataset(space_, name_.text())},
                          {"inputs", std::move(inputs)},
                          {"outputs", Value::array({std::move(output)})}});
  }

 private:
  using Ways = std::vector<std::pair<bool, std::string>>;  // direct?, kind

  Value schema() const {
    Value fields = Value::array();
    for (const pipeline::Column& column : node_->columns)
      fields.push(Value::object({{"name", column.name.text()}, {"type", column.type.text()}}));
    Value value = facet(kSchemaFacet);
    value.set("fields", std::move(fields));
    return value;
  }

  Value columns() const {
    Value fields = Value::object();
    for (const auto& [column, sources] : fields_) {
      Value list = Value::array();
      for (const auto& [source, ways] : sources) {
        Value transformations = Value::array();
        for (const auto& [direct, kind] : ways) transformations.push(transformation(direct, kind));
        Value field = input_field(space_, source.first, source.second);
        field.set("transformations", std::move(transformations));
        list.push(std::move(field));
      }
      fields.add(column, Value::object({{"inputFields", std::move(list)}}));
    }
    Value value = facet(kColumnFacet);
    value.set("fields", std::move(fields));
    if (Value rows = deciding(); !rows.items()->empty()) value.set("dataset", std::move(rows));
    return value;
  }

  // What decides which rows there are: joins, filters, groups.
  Value deciding() const {
    Value list = Value::array();
    if (!node_ || node_->kind != pipeline::NodeKind::Model) return list;
    for (const auto& edge : pipeline_.models[node_->object].query.lineage.indirect) {
      Value field = input_field(space_, edge.source.table.text(), edge.source.column.text());
      field.set("transformations", Value::array({transformation(false, pipeline::lineage_word(edge.kind))}));
      list.push(std::move(field));
    }
    return list;
  }

  std::string space_;
  const pipeline::Pipeline& pipeline_;
  const pipeline::Node* node_;
  Symbol name_;
  std::map<std::string, bool> inputs_;
  std::map<std::string, std::map<std::pair<std::string, std::string>, Ways>> fields_;
};

}  // namespace

std::string lineage_text(const LineageView& view) {
  std::string out;
  if (view.name.empty()) {
    print(out, "edges", view.upstream);
  } else if (!view.to.empty()) {
    print(out, "between", view.upstream);
  } else {
    if (view.has_upstream) print(out, "upstream", view.upstream);
    if (view.has_downstream) print(out, "downstream", view.downstream);
  }
  return out;
}

std::string lineage_json(const LineageView& view) {
  Value document = Value::object({{"format_version", 1}, {"name", view.name}});
  if (!view.to.empty()) {
    document.set("to", view.to).set("between", json_of(view.upstream));
  } else {
    document.set("upstream", json_of(view.upstream)).set("downstream", json_of(view.downstream));
  }
  return print_json(document);
}

std::string lineage_mermaid(const LineageView& view) {
  std::string out = "flowchart LR\n", arrows;
  std::map<std::string, size_t> numbers;
  auto number = [&](const ColumnRef& ref) {
    const std::string name = text_of(ref);
    const auto [entry, is_new] = numbers.emplace(name, numbers.size());
    if (is_new) out += fmt::format("  n{}[\"{}\"]\n", entry->second, mermaid_label(name));
    return entry->second;
  };
  for (const LineageEdge& edge : edges_of(view)) {
    const size_t from = number(edge.from), to = number(edge.to);
    const std::string label = edge.kind.empty() ? "" : fmt::format("|{}|", edge.kind);
    arrows += fmt::format("  n{} {}{} n{}\n", from, edge.direct ? "-->" : "-.->", label, to);
  }
  return out + arrows;
}

std::string lineage_openlineage(const LineageView& view, const pipeline::Pipeline& pipeline, const std::string& time) {
  const std::string space = fmt::format("pipec:{}", pipeline.project);
  std::map<std::string, Event> events;
  for (const LineageEdge& edge : edges_of(view)) {
    const std::string name(edge.to.node.text());
    events.try_emplace(name, space, pipeline, edge.to.node).first->second.add(edge);
  }
  Value list = Value::array();
  for (const auto& [name, event] : events) list.push(event.value(time));
  return print_json(list);
}

}  // namespace pipec::driver
