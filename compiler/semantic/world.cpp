#include "semantic/world.h"

#include <algorithm>

namespace pipec::semantic {
namespace {

Symbol read_key(const char* kind, Symbol name) {
  std::string key(kind);
  key += ':';
  key += name.text();
  return Symbol::of(key);
}

template <typename Map>
std::vector<std::string_view> sorted_names(const Map& map) {
  std::vector<std::string_view> names;
  names.reserve(map.size());
  for (const auto& [name, entry] : map) names.push_back(name.text());
  std::sort(names.begin(), names.end());
  return names;
}

template <typename Map>
auto find_value(const Map& map, Symbol name) -> decltype(&map.begin()->second) {
  auto found = map.find(name);
  return found == map.end() ? nullptr : &found->second;
}

Fingerprint fingerprint_of_names(const std::vector<std::string_view>& names) {
  Hasher hasher;
  for (std::string_view name : names) hasher.add(name);
  return hasher.finish();
}

}  // namespace

Fingerprint fingerprint_of(const sql::TableInterface& table) {
  Hasher hasher;
  hasher.add(table.name.text()).add(uint64_t{table.broken});
  for (const sql::InterfaceColumn& column : table.columns) {
    hasher.add(column.name.text()).add(column.type.text()).add(uint64_t{column.nullable});
    hasher.add(column.never_null ? uint64_t{1} + static_cast<uint64_t>(*column.never_null) : uint64_t{0});
    hasher.add(uint64_t{column.pii.size()});
    for (Symbol pii : column.pii) hasher.add(pii.text());
  }
  for (const sql::InterfaceKey& key : table.keys) {
    hasher.add(static_cast<uint64_t>(key.basis)).add(uint64_t{key.columns.size()});
    for (uint32_t column : key.columns) hasher.add(uint64_t{column});
  }
  if (table.period) {
    hasher.add(uint64_t{table.period->from}).add(uint64_t{table.period->to}).add(uint64_t{table.period->current});
    for (uint32_t column : table.period->key) hasher.add(uint64_t{column});
  }
  return hasher.finish();
}

Fingerprint fingerprint_of(const sql::FunctionInterface& function) {
  Hasher hasher;
  hasher.add(function.name.text()).add(function.returns.text());
  hasher.add(uint64_t{function.nullable}).add(uint64_t{function.external}).add(uint64_t{function.broken});
  for (const sql::FunctionParameter& parameter : function.parameters) {
    hasher.add(parameter.name.text()).add(parameter.type.text()).add(uint64_t{parameter.has_default});
  }
  hasher.add(uint64_t{function.depth}).add(function.expanded);
  for (uint64_t uses : function.uses) hasher.add(uses);
  for (Symbol pii : function.clears) hasher.add("clears").add(pii.text());
  if (function.gives_table) hasher.add("table").add(function.gives_table->text);
  return hasher.finish();
}

World::World(ProjectFacts facts) : facts_(std::move(facts)) {
  for (std::string_view path : facts_.files) {
    fingerprints_.emplace(read_key("file", Symbol::of(path)), pipec::fingerprint("a file"));
  }
}

void World::add(const Declaration& declaration, std::shared_ptr<const Resolved> result) {
  const Resolved& r = *result;
  for (const sql::TableInterface& table : r.tables) {
    const pipeline::Node* node = nullptr;
    for (const pipeline::Node& candidate : r.nodes) {
      if (candidate.head.name == table.name.folded()) node = &candidate;
    }
    Symbol folded = table.name.folded();
    Fingerprint fingerprint = fingerprint_of(table);
    tables_.emplace(folded, TableEntry{&table, node, fingerprint});
    fingerprints_.emplace(read_key("table", folded), fingerprint);
    // A node also shows its kind, key and inputs to those who ask for the node itself.
    if (node) fingerprints_.emplace(read_key("node", folded), r.own);
  }
  if (r.function) {
    functions_.emplace(r.function->name.folded(), &*r.function);
    // A function is expanded where it is called: its body is part of what the caller read.
    Fingerprint fingerprint = Hasher().add(fingerprint_of(*r.function)).add(r.own).finish();
    fingerprints_.emplace(read_key("function", r.function->name.folded()), fingerprint);
  }
  for (const pipeline::Source& source : r.sources) {
    sources_.emplace(source.head.name, &source);
    fingerprints_.emplace(read_key("source", source.head.name), r.own);
  }
  for (const pipeline::Destination& destination : r.destinations) {
    destinations_.emplace(destination.head.name, &destination);
    fingerprints_.emplace(read_key("destination", destination.head.name), r.own);
  }
  for (const pipeline::Model& model : r.models) models_.emplace(model.head.name, &model);
  auto publish = [&](const char* kind, auto& map, const auto& objects) {
    for (const auto& object : objects) {
      map.emplace(object.head.name, &object);
      fingerprints_.emplace(read_key(kind, object.head.name), r.own);
    }
  };
  publish("export", exports_, r.exports);
  publish("entity", entities_, r.entities);
  for (const pipeline::Cdc& cdc : r.cdcs) {
    Symbol table = qualified(cdc.source, qualified(cdc.table_schema, cdc.table_name)).folded();
    claims_.emplace(table, declaration.key);
    fingerprints_.emplace(read_key("claim", table), pipec::fingerprint(declaration.key.text()));
  }
  kept_.push_back(std::move(result));
}

const World::TableEntry* World::table(Symbol folded) const {
  return find_value(tables_, folded);
}

const sql::FunctionInterface* World::function(Symbol folded) const {
  auto* found = find_value(functions_, folded);
  return found ? *found : nullptr;
}

const pipeline::Source* World::source(Symbol folded) const {
  auto* found = find_value(sources_, folded);
  return found ? *found : nullptr;
}

const pipeline::Destination* World::destination(Symbol folded) const {
  auto* found = find_value(destinations_, folded);
  return found ? *found : nullptr;
}

const pipeline::Model* World::model(Symbol folded) const {
  auto* found = find_value(models_, folded);
  return found ? *found : nullptr;
}

const pipeline::Export* World::export_(Symbol folded) const {
  auto* found = find_value(exports_, folded);
  return found ? *found : nullptr;
}

const pipeline::Entity* World::entity(Symbol folded) const {
  auto* found = find_value(entities_, folded);
  return found ? *found : nullptr;
}

const Symbol* World::claimed(Symbol source, Symbol table) const {
  return find_value(claims_, qualified(source, table).folded());
}

Fingerprint World::fingerprint(Symbol key) const {
  // Suggestions read all names of a sort; that is a look-up like any other.
  if (key == Symbol::of("names:table")) return fingerprint_of_names(table_names());
  if (key == Symbol::of("names:function")) return fingerprint_of_names(function_names());
  if (key == Symbol::of("names:source")) return fingerprint_of_names(source_names());
  if (key == Symbol::of("names:destination")) return fingerprint_of_names(destination_names());
  if (key == Symbol::of("names:export")) return fingerprint_of_names(export_names());
  if (key == Symbol::of("names:file")) return fingerprint_of_names(facts_.files);
  if (key == Symbol::of("names:entity")) return fingerprint_of_names(entity_names());
  auto* found = find_value(fingerprints_, key);
  return found ? *found : Fingerprint{};
}

std::vector<std::string_view> World::table_names() const {
  return sorted_names(tables_);
}
std::vector<std::string_view> World::function_names() const {
  return sorted_names(functions_);
}
std::vector<std::string_view> World::source_names() const {
  return sorted_names(sources_);
}
std::vector<std::string_view> World::destination_names() const {
  return sorted_names(destinations_);
}

std::vector<std::string_view> World::export_names() const {
  return sorted_names(exports_);
}

std::vector<std::string_view> World::entity_names() const {
  return sorted_names(entities_);
}

void Reader::record(const char* kind, Symbol name) const {
  Symbol key = read_key(kind, name);
  reads_.emplace(key, world_.fingerprint(key));
}

std::vector<std::string_view> Reader::table_names() const {
  record("names", Symbol::of("table"));
  return world_.table_names();
}

std::vector<std::string_view> Reader::function_names() const {
  record("names", Symbol::of("function"));
  return world_.function_names();
}

std::vector<std::string_view> Reader::source_names() const {
  record("names", Symbol::of("source"));
  return world_.source_names();
}

std::vector<std::string_view> Reader::destination_names() const {
  record("names", Symbol::of("destination"));
  return world_.destination_names();
}

std::vector<std::string_view> Reader::export_names() const {
  record("names", Symbol::of("export"));
  return world_.export_names();
}

std::vector<std::string_view> Reader::entity_names() const {
  record("names", Symbol::of("entity"));
  return world_.entity_names();
}

bool Reader::has_file(std::string_view path) const {
  record("file", Symbol::of(path));
  return std::binary_search(facts().files.begin(), facts().files.end(), path);
}

std::vector<std::string_view> Reader::file_names() const {
  record("names", Symbol::of("file"));
  return facts().files;
}

const sql::TableInterface* Reader::table(Symbol folded) const {
  record("table", folded);
  const World::TableEntry* entry = world_.table(folded);
  return entry ? entry->table : nullptr;
}

const sql::FunctionInterface* Reader::function(Symbol folded) const {
  record("function", folded);
  return world_.function(folded);
}

const pipeline::Node* Reader::node(Symbol folded) const {
  record("node", folded);
  const World::TableEntry* entry = world_.table(folded);
  return entry ? entry->node : nullptr;
}

const pipeline::Source* Reader::source(Symbol folded) const {
  record("source", folded);
  return world_.source(folded);
}

const pipeline::Destination* Reader::destination(Symbol folded) const {
  record("destination", folded);
  return world_.destination(folded);
}

const pipeline::Model* Reader::model(Symbol folded) const {
  record("node", folded);
  return world_.model(folded);
}

const pipeline::Export* Reader::export_(Symbol folded) const {
  record("export", folded);
  return world_.export_(folded);
}

const pipeline::Entity* Reader::entity(Symbol folded) const {
  record("entity", folded);
  return world_.entity(folded);
}

const Symbol* Reader::claimed(Symbol source, Symbol table) const {
  record("claim", qualified(source, table).folded());
  return world_.claimed(source, table);
}

}  // namespace pipec::semantic
