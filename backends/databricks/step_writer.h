// Trees into Steps, each printed into a file of its own.
#pragma once

#include <functional>
#include <map>
#include <string>

#include "ast/build.h"
#include "backend/backend.h"
#include "print/sql_printer.h"

namespace pipec::backend::databricks {

/// A statement while it is built; what is embedded in it is said by `rewrites`.
struct Statement {
  ast::Tree tree;
  ast::SqlBuilder sql{tree};
  print::Rewrites rewrites;

  /// A part of another tree in this one.
  ast::NodeId embed(const print::Subtree& part) {
    ast::NodeId node = sql.embedded();
    rewrites.subtrees.emplace(node, part);
    return node;
  }
};

class StepWriter {
 public:
  using Build = std::function<ast::NodeId(Statement&)>;

  /// The files lie in the owner's folder ("gold.x" in gold/x) and open with what they come from.
  StepWriter(Symbol owner, const pipeline::Head* head);

  pipeline::Step& migrate(std::string id, const Build& build);
  /// A query that only looks: a row a difference.
  pipeline::Step& verify(std::string id, const Build& build);
  pipeline::Step& run(pipeline::StepKind kind, std::string id, const Build& build);
  pipeline::Step& execute(std::string id, const Build& build) {
    return run(pipeline::StepKind::Execute, std::move(id), build);
  }
  /// Before a run that is asked to build again what :backfill_start and :backfill_end name.
  pipeline::Step& backfill(std::string id, const Build& build);
  /// A step whose file is a document in place of a statement.
  pipeline::Step& document(pipeline::StepKind kind, std::string id, const Value& value);
  /// A file that steps need, in the owner's folder; its path, relative to dist/<target>.
  std::string beside(std::string_view name, std::string text);
  /// The steps that are added until `end_loop` belong to it, and loops among them.
  pipeline::Step& for_each(std::string id, const Build& build);
  void end_loop() { loops_.pop_back(); }

  std::vector<Symbol> reads, writes;  // of every step that is added, until they are set anew

  void take(Output& output);

 private:
  pipeline::Step& add(pipeline::Phase phase, pipeline::StepKind kind, std::string id, const Build& build);

  std::string loop() const { return loops_.empty() ? std::string() : loops_.back(); }

  std::string folder_, header_;
  std::vector<std::string> loops_;  // those that are open, the innermost last
  Symbol declaration_;
  std::vector<Refusal> refusals_;
  pipeline::StepList list_;
  ArtifactFiles files_;
  std::map<pipeline::Phase, size_t> numbers_;
};

/// The printed text of a tree without comments: what fingerprints are made of, and what stands in string constants.
std::string printed(const ast::Tree& tree, ast::NodeId root, const print::Rewrites* rewrites);

}  // namespace pipec::backend::databricks
