#include "openlineage/names.h"

#include <fmt/format.h>

#include <algorithm>

#include "openlineage/backend.h"

namespace pipec::backend::openlineage {

namespace {

struct Scheme {
  std::string_view kind, scheme, port;
};
/// The page of conventions has `mssql` for SQL Server, every client and integration has `sqlserver`: what they send is
/// what a catalogue must be able to put together with these events.
constexpr Scheme kSchemes[] = {{"postgres", "postgres", "5432"},
                               {"sqlserver", "sqlserver", "1433"},
                               {"mysql", "mysql", "3306"},
                               {"kafka", "kafka", "9092"}};

const Scheme* scheme_of(std::string_view kind) {
  for (const Scheme& scheme : kSchemes) {
    if (scheme.kind == kind) return &scheme;
  }
  return nullptr;
}

bool is_looked_up(std::string_view reference) {
  return reference.starts_with("env:") || reference.starts_with("file:");
}

/// Object stores have keys, not paths, and several words for one store: as OpenLineage's own client puts them together.
constexpr std::pair<std::string_view, std::string_view> kStores[] = {
    {"s3", "s3"}, {"gs", "gs"}, {"abfs", "abfss"}, {"wasb", "wasbs"}};

/// Of "s3://bucket/a/b": "s3://bucket" and "a/b". What has no host is a file of the machine.
Dataset split(std::string_view address) {
  size_t end = address.find("://");
  if (end == std::string_view::npos) {
    return {"file", std::string(address.substr(address.starts_with("file:") ? 5 : 0))};
  }
  std::string_view scheme = address.substr(0, end), rest = address.substr(end + 3);
  size_t slash = std::min(rest.find('/'), rest.size());
  std::string_view path = slash == rest.size() ? "/" : rest.substr(slash);
  for (auto [prefix, canonical] : kStores) {
    if (!scheme.starts_with(prefix)) continue;
    scheme = canonical;
    if (path.size() > 1) path.remove_prefix(1);
  }
  if (scheme == "file" && slash == 0) return {"file", std::string(path)};
  return {fmt::format("{}://{}", scheme, rest.substr(0, slash)), std::string(path)};
}

std::string joined(std::string_view base, std::string_view path) {
  if (path.empty()) return std::string(base);
  while (base.ends_with('/')) base.remove_suffix(1);
  return fmt::format("{}{}{}", base, path.starts_with('/') ? "" : "/", path);
}

Dataset file_name(View& view, const pipeline::Source& source) {
  bool whole = source.path.starts_with('/') || source.path.find("://") != std::string::npos;
  return split(whole ? source.path : joined(view.target().landing, source.path));
}

}  // namespace

std::optional<std::string> known_field(const pipeline::Connection* connection, std::string_view field) {
  if (!connection) return std::nullopt;
  auto found = connection->fields.find(std::string(field));
  if (found == connection->fields.end()) return std::nullopt;
  auto own = found->second.references.find(kName);
  if (own != found->second.references.end() && !is_looked_up(own->second)) return own->second;
  if (found->second.plain.empty()) return std::nullopt;
  return found->second.plain;
}

bool is_server(std::string_view source_kind) {
  return scheme_of(source_kind) != nullptr;
}

std::optional<std::string> server(std::string_view kind, const pipeline::Connection* connection, std::string* missing) {
  const Scheme& scheme = *scheme_of(kind);
  if (kind == "kafka") {
    std::optional<std::string> brokers = known_field(connection, *missing = "brokers");
    if (!brokers) return std::nullopt;
    std::string first = brokers->substr(0, brokers->find(','));
    if (first.find(':') == std::string::npos) first += fmt::format(":{}", scheme.port);
    return fmt::format("{}://{}", scheme.scheme, first);
  }
  std::optional<std::string> host = known_field(connection, *missing = "host");
  if (!host) return std::nullopt;
  bool has_port = connection->fields.count("port") != 0;
  std::optional<std::string> port = known_field(connection, *missing = "port");
  if (has_port && !port) return std::nullopt;
  return fmt::format("{}://{}:{}", scheme.scheme, *host, port.value_or(std::string(scheme.port)));
}

std::optional<std::string> warehouse(const pipeline::Connection* connection) {
  std::optional<std::string> host = known_field(connection, "host");
  if (!host) return std::nullopt;
  return fmt::format("unitycatalog://{}", *host);
}

Dataset table_name(View& view, Symbol node) {
  const pipeline::Target& target = view.target();
  std::string catalog = target.catalog.empty() ? "" : target.catalog + ".";
  return {*warehouse(view.connection(Symbol::of(kWarehouse))),
          fmt::format("{}{}{}", catalog, target.schema_prefix, node.text())};
}

Dataset source_name(View& view, const pipeline::Source& source, const pipeline::SourceTable& table) {
  std::string_view kind = source.kind.text();
  if (kind == "files") return file_name(view, source);
  if (kind == "rest") return split(joined(source.base_url, table.path));
  std::string missing;
  std::string space = *server(kind, view.connection(source.connection), &missing);
  Symbol name = qualified(table.schema, table.name);
  // MySQL's schema is the database; a topic has neither.
  if (kind == "mysql" || kind == "kafka") return {space, std::string(name.text())};
  return {space, fmt::format("{}.{}", source.database.text(), name.text())};
}

Dataset export_name(View& view, const pipeline::Export& exported) {
  const pipeline::Destination& destination = *view.destination(exported.destination);
  const pipeline::Connection* connection = view.connection(destination.connection);
  std::string missing;
  std::string space = *server(destination.kind.text(), connection, &missing);
  return {space, fmt::format("{}.{}.{}", *known_field(connection, "database"), destination.schema.text(),
                             exported.head.name.text())};
}

}  // namespace pipec::backend::openlineage
