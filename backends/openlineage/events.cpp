#include "openlineage/events.h"

#include <fmt/format.h>

#include <algorithm>

#include "openlineage/backend.h"
#include "openlineage/column_lineage.h"
#include "openlineage/facets.h"

namespace pipec::backend::openlineage {

namespace {

using pipeline::Materialization;
using pipeline::NodeKind;

Value event(View& view, const char* kind) {
  return Value::object(
      {{"eventTime", option(view, "event_time")},
       {"producer", kProducer},
       {"schemaURL", fmt::format("https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/{}", kind)}});
}

Value object_of(const Dataset& dataset, Value facets) {
  Value value = Value::object({{"namespace", dataset.space}, {"name", dataset.name}});
  if (!facets.members()->empty()) value.add("facets", std::move(facets));
  return value;
}

std::string upper(std::string_view text) {
  std::string out(text);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) { return c >= 'a' && c <= 'z' ? c - 32 : c; });
  return out;
}

const pipeline::Model* model_of(View& view, const pipeline::Node& node) {
  return node.kind == NodeKind::Model ? view.model(node.head.name) : nullptr;
}

/// The function in Python that fills a node; nullptr: none.
const pipeline::Program* program_of(View& view, const pipeline::Node& node, const pipeline::Model* model) {
  if (model) return model->program.file.empty() ? nullptr : &model->program;
  const pipeline::Job* job = node.kind == NodeKind::Job ? view.job(node.head.name) : nullptr;
  return job ? &job->program : nullptr;
}

Value job(View& view, const pipeline::Node& node, const pipeline::Model* model) {
  Facets facets;
  bool streaming = model && model->materialization == Materialization::Streaming;
  facets.job_type(streaming, upper(pipeline::node_kind_name(node.kind)));
  facets.documentation(true, node.head);
  facets.ownership(true, node.head);
  facets.tags(true, node.head);
  if (model) facets.sql(model->query);
  const pipeline::Program* program = program_of(view, node, model);
  if (program) facets.source_code(*program);
  facets.source_location(option(view, "repository"), program ? std::string_view(program->file) : node.head.file.text());
  std::string space = option(view, "namespace");
  if (space.empty()) space = fmt::format("{}.{}", view.project(), view.target().name);
  return object_of({space, std::string(node.head.name.text())}, facets.take());
}

Value inputs_of(View& view, const pipeline::Node& node, const std::vector<lineage::IndirectEdge>& whole,
                const Inputs& inputs) {
  auto read = columns_read(node, whole);
  Value list = Value::array();
  for (const auto& [name, dataset] : inputs.datasets()) {
    Value value = object_of(dataset, Value::object());
    const pipeline::Node* input = view.node(name);
    if (Value proved = input ? assertions(*input, read[name]) : Value(); proved.members()) {
      value.add("inputFacets", Value::object({{"dataQualityAssertions", std::move(proved)}}));
    }
    list.push(std::move(value));
  }
  return list;
}

}  // namespace

Value job_event(View& view, const pipeline::Node& node, const Dataset& output, SourceInput from_source) {
  const pipeline::Model* model = model_of(view, node);
  static const std::vector<lineage::IndirectEdge> kNone;
  const auto& whole = model ? model->query.lineage.indirect : kNone;
  Inputs inputs(view, node, from_source);
  Facets facets;
  facets.schema(node.columns);
  if (Value columns = column_lineage(node, whole, inputs); columns.members()) facets.add("columnLineage", columns);
  Value value = event(view, "JobEvent");
  value.add("job", job(view, node, model));
  value.add("inputs", inputs_of(view, node, whole, inputs));
  value.add("outputs", Value::array({object_of(output, facets.take())}));
  return value;
}

Value dataset_event(View& view, const pipeline::Node& node, const Dataset& dataset) {
  const pipeline::Model* model = model_of(view, node);
  Facets facets;
  bool materialized = model && model->materialization == Materialization::MaterializedView;
  bool is_view = materialized || (model && model->materialization == Materialization::View);
  facets.dataset_type(is_view ? "VIEW" : "TABLE", materialized ? "MATERIALIZED" : "");
  facets.documentation(false, node.head);
  facets.ownership(false, node.head);
  facets.schema(node.columns);
  facets.tags(false, node.head, node.columns);
  Value value = event(view, "DatasetEvent");
  return value.add("dataset", object_of(dataset, facets.take()));
}

Value source_event(View& view, const pipeline::Source& source, const pipeline::SourceTable& table) {
  std::vector<pipeline::Column> columns;
  std::vector<std::string> types;
  for (const pipeline::SourceColumn& column : table.columns) {
    columns.push_back(column.column);
    types.push_back(column.native.name.empty() ? column.column.type.text() : column.native.text());
  }
  pipeline::Head head = source.head;
  head.description = table.description;
  std::string_view kind = source.kind.text();
  Facets facets;
  facets.dataset_type(kind == "kafka" ? "TOPIC" : kind == "files" ? "FILE" : "TABLE");
  facets.documentation(false, head);
  facets.ownership(false, head);
  facets.schema(columns, types);
  facets.tags(false, head, columns);
  Value value = event(view, "DatasetEvent");
  return value.add("dataset", object_of(source_name(view, source, table), facets.take()));
}

}  // namespace pipec::backend::openlineage
