// How: what is to be executed for a node, in order. Warehouse and serving backends lower the Pipeline into Steps;
// orchestrators read them and lower nothing again. The runtime decides nothing: it runs statements, binds results to
// parameters, loops over rows, stops at gates, copies rows.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "ast/tree.h"
#include "base/symbol.h"

namespace pipec::pipeline {

/// Migrate: DDL, once at a deployment. Run: DML, alters nothing. Backfill: before a run that is to build some grains of a
/// model by time again, whatever it holds of them; the runtime provides backfill_start and backfill_end (text, half-open).
enum class Phase { Migrate, Run, Verify, Backfill };
enum class EngineKind { Warehouse, Serving };

enum class StepKind {
  Execute,  // run the statement
  Bind,     // a query of one row: each column becomes a parameter of the steps behind it (NULL stays NULL)
  ForEach,  // a query: the steps whose `loop` is this step run once a row, its columns as parameters; no row: they do
            // not run
  Gate,     // a query of one row with `failures` bigint: 0 passes; else by `policy`
  Copy,  // `sql` is a query on the warehouse, whose one column is a line of CSV; they go by COPY into `copy_table` on the
         // serving engine, inside the transaction of the steps around it
  Read,     // a query whose rows the Program behind it is given
  Program,  // `program` is called; `sql` puts its rows away, a batch at a time: the parameter `rows` is a JSON array of
            // objects
  Fetch,    // `sql` is no statement but the JSON of what to ask a service for, and where its answers are put: as files
};
enum class GatePolicy { Block, Fail, Warn };  // Block: stop the node and what is below it. Fail: go on, the run is red.

/// What a Program step calls. Paths are relative to dist/<target>.
struct Called {
  std::string path, sha256;  // of the Python file
  std::string function;
  std::vector<std::string> inputs;  // ids of Read steps, in the order of the function's parameters
  struct Column {
    std::string name, type;  // as Spark spells it
    bool nullable = true;
  };
  std::vector<Column> columns;                 // of the rows that it yields
  std::map<std::string, std::string> secrets;  // parameter by name -> reference ("env:OPENAI_KEY")
};

struct Step {
  std::string id;  // unique in its node and stable: "publish", "expect.unique__order_id"
  Phase phase = Phase::Run;
  StepKind kind = StepKind::Execute;
  EngineKind engine = EngineKind::Warehouse;
  Symbol destination;               // Serving: the destination's name
  std::string sql;                  // printed by the engine's dialect, named parameters as ":name"; ends with a newline
  std::vector<std::string> params;  // names that the statement uses, in order of first use
  std::vector<Symbol> reads, writes;  // node names, or internal tables ("pipec.ledger")
  std::string loop;                   // id of the ForEach step that it belongs to; empty: none
  std::string transaction;            // steps behind one another with the same text run in one transaction (Serving)
  GatePolicy policy = GatePolicy::Block;
  std::string check;  // Gate: the check's or expectation's name, as the orchestrator shows it. Migrate: the id of
                      // the Verify step that has to find something, else there is nothing to do; empty: always
  std::string platform_only;  // not empty: only the real platform can execute it; the reason
  std::string copy_table;     // Copy: quoted name of the staging table
  std::vector<std::string> copy_columns;
  bool copy_freeze =
      false;  // Copy: the transaction has made the table; readers of every age see the rows once they may
  std::shared_ptr<const Called> program;    // Program
  std::map<std::string, std::string> bind;  // Bind: result column -> parameter
  std::string path;                         // of the file that holds `sql`, relative to dist/<target>
};

/// Of one node ("gold.x"), of one check ("check:order_after_account"), or of a whole platform ("platform:databricks":
/// schemas, ledger). The runtime provides the parameters run_id (text, unique a run).
struct StepList {
  Symbol owner;
  std::vector<Step> steps;
};

}  // namespace pipec::pipeline
