#include "postgres/names.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/hash.h"

namespace pipec::backend::postgres {

SchemaNames::SchemaNames(const pipeline::Destination& destination)
    : contract(destination.schema.text()),
      data(contract + "_data"),
      owner(contract + "_owner"),
      writer(contract + "_writer") {}

ExportNames::ExportNames(const pipeline::Export& e, const pipeline::Destination& destination,
                         const pipeline::Node& node)
    : schema(destination),
      name(e.head.name.text()),
      target(fmt::format("{}.{}", schema.contract, name)),
      operation("_op"),
      key(e.key) {
  std::string contract;
  for (const pipeline::Column& column : node.columns) {
    columns.push_back(column.name);
    if (std::find(key.begin(), key.end(), column.name) == key.end()) others.push_back(column.name);
    contract += fmt::format("{} {} {}\n", column.name.text(), column.type.text(), column.nullable);
    if (column.name.folded().text() == operation) operation += '_';
  }
  for (Symbol column : key) contract += fmt::format("key {}\n", column.text());
  contract_hash = sha256_hex(contract).substr(0, 16);
}

std::string index_name(const ExportNames& names, const std::vector<pipeline::IndexColumn>& index) {
  std::string columns, definition = names.target;
  for (const pipeline::IndexColumn& column : index) {
    columns += fmt::format("_{}", column.column.text());
    definition += fmt::format("\n{}{}", column.column.text(), column.descending ? " desc" : "");
  }
  // PostgreSQL has 63 bytes for a name; what is cut may end inside of a character, which no name may.
  std::string readable = (names.name + columns).substr(0, 63 - 9);
  std::erase_if(readable, [](unsigned char c) { return c >= 0x80; });
  return fmt::format("{}_{}", readable, sha256_hex(definition).substr(0, 8));
}

}  // namespace pipec::backend::postgres
