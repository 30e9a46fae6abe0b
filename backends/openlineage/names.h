// Datasets' names by OpenLineage's naming conventions (openlineage.io/docs/spec/naming): every producer that says the
// same names speaks of the same table.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "backend/backend.h"

namespace pipec::backend::openlineage {

/// The connection that leads to the warehouse.
inline constexpr const char* kWarehouse = "warehouse";

struct Dataset {
  std::string space, name;
  friend auto operator<=>(const Dataset&, const Dataset&) = default;
};

/// What a connection says of its field when the events are written: a plain value, or one for this backend. Nothing of
/// `env:` and `file:`, which only a run can look up.
std::optional<std::string> known_field(const pipeline::Connection* connection, std::string_view field);

/// "postgres://db.example:5432", "kafka://broker:9092": the namespace of what is read from a source or written to a
/// destination of that kind. nullopt: the connection does not tell, `missing` gets the name of the field.
std::optional<std::string> server(std::string_view kind, const pipeline::Connection* connection, std::string* missing);
/// True if a source of that kind is a server that a connection leads to.
bool is_server(std::string_view source_kind);

/// "unitycatalog://adb-1.azuredatabricks.net"; nullopt: the connection `warehouse` has no host.
std::optional<std::string> warehouse(const pipeline::Connection* connection);

/// A table of the warehouse.
Dataset table_name(View& view, Symbol node);
/// A table, topic, file or resource of a source.
Dataset source_name(View& view, const pipeline::Source& source, const pipeline::SourceTable& table);
/// What an export writes.
Dataset export_name(View& view, const pipeline::Export& exported);

}  // namespace pipec::backend::openlineage
