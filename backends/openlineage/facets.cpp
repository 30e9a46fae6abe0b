#include "openlineage/facets.h"

#include <fmt/format.h>

#include "print/sql_printer.h"

namespace pipec::backend::openlineage {

namespace {

const char* of(bool job) {
  return job ? "Job" : "Dataset";
}

/// Members of a struct, also of those in an array or a map, are fields of their own.
Value fields_within(sql::Type type) {
  if (type.is(sql::TypeKind::Array)) return fields_within(type.element());
  if (type.is(sql::TypeKind::Map)) return fields_within(type.value());
  Value fields = Value::array();
  if (!type.is(sql::TypeKind::Struct)) return fields;
  for (const sql::StructFieldType& member : type.fields()) {
    Value field = Value::object({{"name", member.name.text()}, {"type", member.type.text()}});
    if (Value within = fields_within(member.type); !within.items()->empty()) field.add("fields", std::move(within));
    fields.push(std::move(field));
  }
  return fields;
}

/// A path as a part of an address.
std::string escaped(std::string_view path) {
  std::string out;
  for (unsigned char c : path) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                 std::string_view("/-._~").find(static_cast<char>(c)) != std::string_view::npos;
    out += plain ? std::string(1, static_cast<char>(c)) : fmt::format("%{:02X}", c);
  }
  return out;
}

}  // namespace

Value facet(std::string_view version, std::string_view schema) {
  return Value::object({{"_producer", kProducer},
                        {"_schemaURL", fmt::format("https://openlineage.io/spec/facets/{}/{}.json#/$defs/{}", version,
                                                   schema, schema)}});
}

void Facets::documentation(bool job, const pipeline::Head& head) {
  if (head.description.empty()) return;
  Value value = facet("1-1-0", fmt::format("Documentation{}Facet", of(job)));
  add("documentation", value.add("description", head.description));
}

void Facets::ownership(bool job, const pipeline::Head& head) {
  if (head.owner.empty()) return;
  Value value = facet("1-0-1", fmt::format("Ownership{}Facet", of(job)));
  add("ownership", value.add("owners", Value::array({Value::object({{"name", head.owner}, {"type", "OWNER"}})})));
}

void Facets::tags(bool job, const pipeline::Head& head, const std::vector<pipeline::Column>& columns) {
  Value list = Value::array();
  for (Symbol tag : head.tags) list.push(Value::object({{"key", tag.text()}, {"value", "true"}, {"source", "PIPEC"}}));
  for (const pipeline::Column& column : columns) {
    for (Symbol kind : column.pii) {
      list.push(
          Value::object({{"key", "pii"}, {"value", kind.text()}, {"source", "PIPEC"}, {"field", column.name.text()}}));
    }
  }
  if (list.items()->empty()) return;
  add("tags", facet("1-0-0", fmt::format("Tags{}Facet", of(job))).add("tags", std::move(list)));
}

void Facets::schema(const std::vector<pipeline::Column>& columns, const std::vector<std::string>& types) {
  Value fields = Value::array();
  for (size_t i = 0; i < columns.size(); ++i) {
    const pipeline::Column& column = columns[i];
    Value field = Value::object({{"name", column.name.text()},
                                 {"type", types.empty() ? column.type.text() : types[i]},
                                 {"ordinal_position", i + 1}});
    if (!column.description.empty()) field.add("description", column.description);
    if (Value within = fields_within(column.type); !within.items()->empty()) field.add("fields", std::move(within));
    fields.push(std::move(field));
  }
  if (fields.items()->empty()) return;
  add("schema", facet("1-2-0", "SchemaDatasetFacet").add("fields", std::move(fields)));
}

void Facets::dataset_type(std::string_view type, std::string_view part) {
  Value value = facet("1-0-1", "DatasetTypeDatasetFacet");
  value.add("datasetType", type);
  if (!part.empty()) value.add("subType", part);
  add("datasetType", std::move(value));
}

void Facets::job_type(bool streaming, std::string_view type) {
  Value value = facet("2-0-4", "JobTypeJobFacet");
  value.add("processingType", streaming ? "STREAMING" : "BATCH").add("integration", "PIPEC").add("jobType", type);
  add("jobType", std::move(value));
}

void Facets::sql(const pipeline::QueryBody& query) {
  if (!query.tree) return;
  print::PrintResult printed = print::print_sql(*query.tree, query.node, {.specification = true});
  if (!printed.ok()) return;
  add("sql", facet("1-1-0", "SQLJobFacet").add("query", printed.sql).add("dialect", "databricks"));
}

void Facets::source_code(const pipeline::Program& program) {
  if (!program.text) return;
  add("sourceCode", facet("1-0-1", "SourceCodeJobFacet").add("language", "python").add("sourceCode", *program.text));
}

void Facets::source_location(std::string_view repository, std::string_view path) {
  if (repository.empty() || path.empty()) return;
  while (repository.ends_with('/')) repository.remove_suffix(1);
  Value value = facet("1-1-0", "SourceCodeLocationJobFacet");
  value.add("type", "git").add("url", fmt::format("{}/{}", repository, escaped(path))).add("path", path);
  add("sourceCodeLocation", std::move(value));
}

}  // namespace pipec::backend::openlineage
