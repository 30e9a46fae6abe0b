// What makes an incremental model equal to its full rebuild: changed rows of each input, mapped to the grains or keys of
// the model that they touch, by both the row before and the row after. No warehouse is known here: it says what a
// changed row is, and where the other relations lie.
//
// The model and the views below it are flattened into relations joined by conditions (pipeline/flatten.h). Groups go,
// outer joins become inner ones, conditions that cannot be kept for certain are left out (those of an outer join on the
// rows that it keeps anyway, those on rows that a window function has seen): more rows than needed, never fewer. The
// columns that say the grain or the key come from one relation, the root. From it a tree of joins leads to every input:
// a changed row is joined up that tree with the relations as they are now. That finds every grain that held or holds the
// row, although the others may have changed too: of all changed rows behind a row of the result the one nearest to the
// root has only unchanged ones above it.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "ast/build.h"
#include "diagnostics/diagnostic.h"
#include "pipeline/pipeline.h"

namespace pipec::pipeline {

/// Objects by name: of a Pipeline, or of a backend's View, which records what it hands out.
class Lookup {
 public:
  virtual ~Lookup() = default;
  virtual const Node* node(Symbol name) = 0;
  virtual const Model* model(Symbol name) = 0;
  virtual const Function* function(Symbol name) = 0;
  virtual const Cdc* cdc(Symbol current_name) = 0;
};

class PipelineLookup : public Lookup {
 public:
  explicit PipelineLookup(const Pipeline& pipeline) : pipeline_(pipeline) {}
  const Node* node(Symbol name) override { return pipeline_.node(name); }
  const Model* model(Symbol name) override { return pipeline_.model(name); }
  const Function* function(Symbol name) override { return pipeline_.function(name); }
  const Cdc* cdc(Symbol current_name) override { return pipeline_.cdc(current_name); }

 private:
  const Pipeline& pipeline_;
};

/// The nodes that really hold the rows which a node reads, its views looked through. Sorted.
std::vector<Symbol> physical_inputs(Lookup& lookup, const Node& node);

/// True if the rows of a model change although its inputs do not: it asks for the time, or for chance.
bool depends_on_run(Lookup& lookup, const Model& model);

struct FlatQuery;

class Changes {
 public:
  /// Of a model that is incremental by time or by key.
  Changes(Lookup& lookup, const Model& model);
  ~Changes();
  Changes(const Changes&) = delete;

  struct Problem {
    const DiagnosticKind* kind;
    ast::NodeId node;  // in the model's own tree
    Symbol input;      // may be empty
    std::string message, at, help;
  };
  const std::vector<Problem>& problems() const { return problems_; }
  /// The inputs whose changes are followed, sorted: physical ones without those that the model ignores.
  const std::vector<Symbol>& inputs() const { return inputs_; }

  /// A relation of a mapping: a node's rows as they are now, or those that changed.
  struct Use {
    Symbol node;
    Symbol alias;
    bool changed = false;
    /// Of the changed: the columns that can decide anything about the model. A version of the input that leaves the
    /// rows alike in these has changed nothing. None: the columns of the node are not those of its table.
    std::vector<Symbol> columns;
  };
  using RelationOf = std::function<ast::NodeId(const Use& use)>;
  struct Mapping {
    std::vector<ast::NodeId> values;  // the time column, or the key columns
    ast::NodeId from;
    ast::NodeId where;          // may be none
    std::vector<Symbol> reads;  // other nodes
  };
  /// One for each time that the model reads the input. `calls` gets the calls of the user's functions in what was built.
  /// Only without problems.
  std::vector<Mapping> mappings(Symbol input, ast::SqlBuilder& sql, const RelationOf& relation,
                                std::vector<std::pair<ast::NodeId, Symbol>>& calls) const;

 private:
  void find_inputs();
  void check_root(Lookup& lookup);
  void check_inputs();
  void add(const DiagnosticKind& kind, ast::NodeId node, Symbol input, std::string message, std::string at,
           std::string help);

  const Model& model_;
  std::unique_ptr<FlatQuery> flat_;
  std::vector<Symbol> inputs_;
  std::vector<Problem> problems_;
};

/// Reports what keeps incremental models from being equal to their full rebuild.
void check_incremental(const Pipeline& pipeline, Sink& sink);

}  // namespace pipec::pipeline
