#include "postgres/names.h"

#include <algorithm>

#include <fmt/format.h>

#include "base/hash.h"

namespace pipec::backend::postgres {

SchemaNames::SchemaNames(const pipeline::Destination& destination)
    : contract(destination.schema.text()),
      data(contract + "_data"),
      owner(contract + "_owner"),
      writer(contract + "_writer"),
      swap(contract + "_swap") {}

std::string SchemaNames::of_version(int64_t number) const {
  return fmt::format("{}_v{}", contract, number);
}

ExportNames::ExportNames(const pipeline::Export& e, const pipeline::Destination& destination,
                         const pipeline::Node& node, bool source_is_view, int swap_percent)
    : schema(destination),
      name(e.head.name.text()),
      target(fmt::format("{}.{}", schema.contract, name)),
      operation("_op"),
      key(e.key),
      source_is_view(source_is_view),
      swap_percent(swap_percent) {
  // A watermark counts the versions of one source, or the loads of a view: of another one it would mean nothing.
  std::string contract = fmt::format("from {}{}\n", e.source.text(), source_is_view ? ", a view" : "");
  for (const pipeline::Column& column : node.columns) {
    columns.push_back(column.name);
    if (column.name == e.replace_by) replace_type = column.type;
    if (std::find(key.begin(), key.end(), column.name) == key.end()) others.push_back(column.name);
    contract += fmt::format("{} {} {}\n", column.name.text(), column.type.text(), column.nullable);
    if (column.name.folded().text() == operation) operation += '_';
  }
  for (Symbol column : key) contract += fmt::format("key {}\n", column.text());
  for (const auto& vector : e.vectors)
    contract += fmt::format("vector {} {}\n", vector.column.text(), vector.dimensions);
  if (e.mode == pipeline::ExportMode::Swap) {
    // What readers are told of it changes with the next generation, so one has to come.
    contract += fmt::format("swap {}\n", e.head.description);
    for (const pipeline::Column& column : node.columns) contract += fmt::format("{}\n", column.description);
    for (Symbol role : e.grant_select_to) contract += fmt::format("grant {}\n", role.text());
    for (const auto& index : e.indexes) {
      contract += "index";
      for (const pipeline::IndexColumn& c : index)
        contract += fmt::format(" {}{}", c.column.text(), c.descending ? " desc" : "");
      contract += '\n';
    }
    for (const auto& vector : e.vectors) contract += fmt::format("distance {}\n", vector.distance.text());
    for (const auto& version : e.versions) {
      contract += fmt::format("version {}", version.number);
      for (Symbol column : version.columns) contract += fmt::format(" {}", column.text());
      contract += '\n';
    }
  }
  contract_hash = sha256_hex(contract).substr(0, 16);
}

bool is_view(const pipeline::Node& node, const pipeline::Model* model) {
  if (node.kind == pipeline::NodeKind::CdcHistory) return true;
  return node.kind == pipeline::NodeKind::Model && model &&
         (model->materialization == pipeline::Materialization::View ||
          pipeline::is_kept_by_platform(model->materialization));
}

SwapNames::SwapNames(const SchemaNames& names, const std::string& name) : schema(names.swap) {
  // Behind it stand up to 13 bytes; what is cut may end inside of a character, which no name may.
  constexpr size_t kRoom = 63 - 13;
  std::string base = name;
  if (base.size() > kRoom) {
    base = base.substr(0, kRoom - 9);
    std::erase_if(base, [](unsigned char c) { return c >= 0x80; });
    base += fmt::format("_{}", sha256_hex(name).substr(0, 8));
  }
  generation = base + "__g";
  next = base + "__next";
  begin = base + "__begin";
  build = base + "__build";
  switch_ = base + "__switch";
  publish = base + "__publish";
  drop_old = base + "__drop_old";
  together = base + "__together";
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
