// Trees into Steps: printed in the dialect of the engine that runs them, each in a file of its own.
#pragma once

#include <functional>

#include "ast/build.h"
#include "backend/backend.h"
#include "print/sql_printer.h"

namespace pipec::backend::postgres {

class StepWriter {
 public:
  using Build = std::function<ast::NodeId(ast::SqlBuilder&)>;

  /// `folder`: of the files, relative to the backend's own. `head`: of the declaration that they come from.
  StepWriter(Symbol owner, Symbol destination, std::string folder, const pipeline::Head& head);

  /// A statement of the serving database, with the loop and the transaction that are set now.
  pipeline::Step& serving(pipeline::Phase phase, pipeline::StepKind kind, std::string id, const Build& build);
  /// A query of the warehouse.
  pipeline::Step& warehouse(pipeline::StepKind kind, std::string id, const Build& build);

  pipeline::Step& last() { return list_.steps.back(); }

  std::string loop, transaction;
  std::vector<Symbol> reads, writes;  // of every step that is added

  Output take();

 private:
  pipeline::Step& add(pipeline::Phase phase, pipeline::StepKind kind, std::string id);
  void set_text(pipeline::Step& step, const print::PrintResult& printed, bool double_percent);
  Symbol destination_, declaration_;
  std::string folder_, header_;
  pipeline::StepList list_;
  ArtifactFiles files_;
  std::vector<Refusal> refusals_;
};

}  // namespace pipec::backend::postgres
