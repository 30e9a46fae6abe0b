// The run of one export, or of several that become visible together: sources are asked for their newest versions; then,
// in one transaction of the serving database, watermarks are locked, rows come in by COPY, are put in their places, and
// the watermarks move.
#include "postgres/load.h"

namespace pipec::backend::postgres {

using ast::SqlBuilder;
using pipeline::Phase;
using pipeline::StepKind;

namespace {

void limits(StepWriter& steps, const std::string& id, const char* wait) {
  steps.serving(Phase::Run, StepKind::Execute, id, [&](SqlBuilder& sql) {
    auto setting = [&](const char* name, const char* value) {
      return sql.call("set_config", {sql.string(name), sql.string(value), sql.boolean(true)});
    };
    return sql.select({.items = {setting("lock_timeout", wait), setting("statement_timeout", "10min"),
                                 setting("idle_in_transaction_session_timeout", "10min")}});
  });
}

}  // namespace

void lower_run(StepWriter& steps, const Lowered& x, const pipeline::Target& target) {
  Load load(steps, x, target, "");
  steps.reads = {x.e.source};
  load.version();
  steps.transaction = "load";
  limits(steps, "limits", "3s");
  load.lock();
  load.contract();
  load.rows();
  steps.transaction.clear();
  load.clean();
}

}  // namespace pipec::backend::postgres
