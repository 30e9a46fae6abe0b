// All declarations resolved so far, as one that is being resolved sees them: every look-up is recorded.
#pragma once

#include <unordered_map>

#include "semantic/declaration.h"

namespace pipec::semantic {

/// Facts of pipec.yaml that declarations refer to.
struct ProjectFacts {
  std::string owner;  // default
  bool require_owner = false;
  bool require_description = false;
  std::vector<std::string_view> connections;  // sorted names
  std::vector<std::string_view> files;        // sorted paths of the project's files that are no specification
};

/// The results of one generation. Written by the engine between phases, read by many.
class World {
 public:
  explicit World(ProjectFacts facts);
  void add(const Declaration& declaration, std::shared_ptr<const Resolved> result);
  const ProjectFacts& facts() const { return facts_; }

  struct TableEntry {
    const sql::TableInterface* table;
    const pipeline::Node* node;  // nullptr if its declaration is broken
    Fingerprint fingerprint;
  };
  const TableEntry* table(Symbol folded) const;
  const sql::FunctionInterface* function(Symbol folded) const;
  const pipeline::Source* source(Symbol folded) const;
  const pipeline::Destination* destination(Symbol folded) const;
  const pipeline::Model* model(Symbol folded) const;
  const pipeline::Export* export_(Symbol folded) const;
  const pipeline::Entity* entity(Symbol folded) const;
  /// "schema.table" of a source that has a cdc of its own -> that cdc's key.
  const Symbol* claimed(Symbol source, Symbol table) const;
  Fingerprint fingerprint(Symbol read_key) const;  // zero for what is not there
  std::vector<std::string_view> table_names() const;
  std::vector<std::string_view> function_names() const;
  std::vector<std::string_view> source_names() const;
  std::vector<std::string_view> destination_names() const;
  std::vector<std::string_view> export_names() const;
  std::vector<std::string_view> entity_names() const;

 private:
  ProjectFacts facts_;
  std::vector<std::shared_ptr<const Resolved>> kept_;
  std::unordered_map<Symbol, TableEntry> tables_;
  std::unordered_map<Symbol, const sql::FunctionInterface*> functions_;
  std::unordered_map<Symbol, const pipeline::Source*> sources_;
  std::unordered_map<Symbol, const pipeline::Destination*> destinations_;
  std::unordered_map<Symbol, const pipeline::Model*> models_;
  std::unordered_map<Symbol, const pipeline::Export*> exports_;
  std::unordered_map<Symbol, const pipeline::Entity*> entities_;
  std::unordered_map<Symbol, Symbol> claims_;
  std::unordered_map<Symbol, Fingerprint> fingerprints_;
};

/// The World with a notebook. Also the binder's Catalog.
class Reader : public sql::Catalog {
 public:
  explicit Reader(const World& world) : world_(world) {}
  const sql::TableInterface* table(Symbol folded) const override;
  const sql::FunctionInterface* function(Symbol folded) const override;
  std::vector<std::string_view> table_names() const override;
  std::vector<std::string_view> function_names() const override;
  std::vector<std::string_view> source_names() const;
  std::vector<std::string_view> destination_names() const;
  std::vector<std::string_view> export_names() const;
  std::vector<std::string_view> entity_names() const;

  const pipeline::Node* node(Symbol folded) const;
  const pipeline::Source* source(Symbol folded) const;
  const pipeline::Destination* destination(Symbol folded) const;
  const pipeline::Model* model(Symbol folded) const;  // with its body: of a test, which is about it
  const pipeline::Export* export_(Symbol folded) const;
  const pipeline::Entity* entity(Symbol folded) const;
  const Symbol* claimed(Symbol source, Symbol table) const;
  bool has_file(std::string_view path) const;
  std::vector<std::string_view> file_names() const;
  const ProjectFacts& facts() const { return world_.facts(); }

  const Reads& reads() const { return reads_; }

 private:
  void record(const char* kind, Symbol name) const;
  const World& world_;
  mutable Reads reads_;
};

Fingerprint fingerprint_of(const sql::TableInterface& table);
Fingerprint fingerprint_of(const sql::FunctionInterface& function);

}  // namespace pipec::semantic
