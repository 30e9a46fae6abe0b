// The run of one export, or of several that become visible together: sources are asked for their newest versions; then,
// in one transaction of the serving database, watermarks are locked, rows come in by COPY, are put in their places, and
// the watermarks move.
#include "postgres/load.h"
#include "postgres/swap.h"

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

// Whoever comes second waits until the first one has loaded everything, and finds nothing new.
void lower_run_together(StepWriter& steps, Symbol publish, const std::vector<Lowered>& exports,
                        const pipeline::Target& target) {
  std::vector<Load> loads;
  std::vector<const Lowered*> swapped;
  for (const Lowered& x : exports) {
    steps.reads.push_back(x.e.source);
    steps.writes.push_back(x.e.head.name);
    loads.emplace_back(steps, x, target, std::string(x.e.head.name.text()));
    if (loads.back().is_swap()) swapped.push_back(&x);
  }
  const SchemaNames& schema = exports.front().names.schema;
  const SwapNames functions(schema, std::string(publish.text()));
  if (!swapped.empty()) lower_publish_function(steps, "together", functions.together, schema, swapped);
  for (Load& load : loads) load.version();
  steps.transaction = "load";
  limits(steps, "limits", "10min");
  for (Load& load : loads) load.lock();
  limits(steps, "limits.rows", "3s");
  for (Load& load : loads) load.contract();
  for (Load& load : loads) load.rows();
  if (!swapped.empty()) {
    steps.serving(Phase::Run, StepKind::Execute, "publish", [&](SqlBuilder& sql) {
      return sql.select({.items = {sql.call_in({functions.schema, functions.together}, {})}});
    });
  }
  steps.transaction.clear();
  for (Load& load : loads) load.clean();
}

}  // namespace pipec::backend::postgres
