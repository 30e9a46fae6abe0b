// A top-level declaration as the engine schedules it, and what resolving it gives.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "ast/tree.h"
#include "base/hash.h"
#include "diagnostics/diagnostic.h"
#include "pipeline/pipeline.h"
#include "sql/catalog.h"

namespace pipec::semantic {

enum class DeclKind : uint8_t {
  Source,
  Destination,
  Function,
  Cdc,
  Load,
  Seed,
  Snapshot,
  Model,
  Job,
  Check,
  Test,
  Export,
  Publish,
  Entity,
  Metric,
  Dashboard,
  Schedule,
};
inline constexpr DeclKind kLastDeclKind = DeclKind::Schedule;
std::string_view decl_kind_name(DeclKind kind);  // "source", ...

struct Declaration {
  Symbol key;  // "model:gold.x": kind and folded name
  DeclKind kind = DeclKind::Model;
  Symbol name;  // folded, dotted
  Symbol file;
  uint32_t offset = 0;  // of the block in the file
  std::shared_ptr<const ast::Tree> tree;
  Fingerprint text;              // of the block's bytes
  std::vector<Symbol> mentions;  // folded dotted names that it may read
  std::vector<Symbol> produces;  // tables that it writes under other names than its own
  bool broken = false;           // a syntax error was reported in it
};

/// The key and name of a parsed block; nullopt for an Error root or a nameless block.
std::optional<Declaration> declaration_of(std::shared_ptr<const ast::Tree> tree);

/// What a declaration read of others: key -> fingerprint, zero for what was not there. With the block's own text it is
/// the key of a cached result.
using Reads = std::map<Symbol, Fingerprint, ByText>;

struct Resolved {
  // what others can see
  std::vector<sql::TableInterface> tables;
  std::optional<sql::FunctionInterface> function;
  std::map<Symbol, Span, ByText> members;  // "column" or "table.column", folded -> where it is declared or written
  // what it adds to the Pipeline
  std::vector<pipeline::Source> sources;
  std::vector<pipeline::Cdc> cdcs;
  std::vector<pipeline::Function> functions;
  std::vector<pipeline::Model> models;
  std::vector<pipeline::Load> loads;
  std::vector<pipeline::Snapshot> snapshots;
  std::vector<pipeline::Seed> seeds;
  std::vector<pipeline::Check> checks;
  std::vector<pipeline::Test> tests;
  std::vector<pipeline::Destination> destinations;
  std::vector<pipeline::Export> exports;
  std::vector<pipeline::Publish> publishes;
  std::vector<pipeline::Entity> entities;
  std::vector<pipeline::Metric> metrics;
  std::vector<pipeline::Dashboard> dashboards;
  std::vector<pipeline::Job> jobs;
  std::vector<pipeline::Schedule> schedules;
  std::vector<pipeline::Need> needs;
  std::vector<pipeline::Node> nodes;  // of cdcs, models, exports; Node::object is an index into the vectors here

  std::vector<Diagnostic> diagnostics;
  Reads reads;
  Fingerprint own;  // of the block and all that it read
  bool has_errors() const;
};

}  // namespace pipec::semantic
