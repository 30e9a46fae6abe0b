#include "kafka_connect/fields.h"

#include <fmt/format.h>

#include "kafka_connect/capture.h"

namespace pipec::backend::kafka_connect {
/// "env:APP_PW" -> ${env:APP_PW}, "file:/run/secrets/x.properties#password" ->
/// ${file:/run/secrets/x.properties:password}. Their form was checked when pipec.yaml was read.
Field field_value(const std::string& value) {
  if (value.starts_with("env:")) return {Field::State::Reference, fmt::format("${{{}}}", value)};
  size_t hash = value.rfind('#');
  if (value.starts_with("file:/") && hash != std::string::npos) {
    return {Field::State::Reference, fmt::format("${{{}:{}}}", value.substr(0, hash), value.substr(hash + 1))};
  }
  return {value.empty() ? Field::State::Missing : Field::State::Plain, value};
}

Field field_of(const pipeline::Connection* connection, std::string_view name) {
  if (!connection) return {};
  auto field = connection->fields.find(std::string(name));
  if (field == connection->fields.end()) return {};
  auto own = field->second.references.find(std::string(kBackend));
  return field_value(own == field->second.references.end() ? field->second.plain : own->second);
}

bool reads_as_reference(std::string_view value) {
  size_t open = value.find("${");
  return open != std::string_view::npos && value.find('}', open) != std::string_view::npos;
}

}  // namespace pipec::backend::kafka_connect
