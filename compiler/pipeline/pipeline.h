// What: the resolved, typed, immutable graph of one project for one target. With pipeline/steps.h it is all that a
// backend ever sees. Vectors are sorted by name; references between objects are names (folded, "schema.name").
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ast/tree.h"
#include "base/hash.h"
#include "base/symbol.h"
#include "lineage/lineage.h"
#include "platform/types.h"
#include "sql/binder.h"

namespace pipec::pipeline {

struct Column {
  Symbol name;
  sql::Type type;
  bool nullable = true;
  std::string description;
  std::vector<Symbol> pii;  // classes of @pii(...)
};

struct Duration {
  int64_t seconds = 0;
  std::string text;  // "10 minutes"
};

/// What every object has. `declaration` is its key ("model:gold.x") for places of diagnostics, `file` the path of the
/// file that it stands in: artifacts open with both.
struct Head {
  Symbol name;  // folded; "gold.sales_daily", "shop" or "near_real_time"
  Symbol declaration;
  Symbol file;
  std::string description;
  std::string owner;
  std::vector<Symbol> tags;  // sorted
  Fingerprint
      fingerprint;  // of everything here and in the object, descriptions too: what a backend's cache is keyed by
};

// ---- sources
struct SourceColumn {
  Column column;  // name as in the database, Delta's type
  platform::NativeType native;
  platform::NativeMapping mapping;  // Connect, Delta and decoding facts
};
struct ForeignKey {
  std::vector<Symbol> columns;
  Symbol schema, table;
  std::vector<Symbol> referenced;
};
struct SourceTable {
  Symbol schema, name;  // as in the database, case kept
  std::string description;
  std::vector<SourceColumn> columns;
  std::vector<Symbol> primary_key;
  std::vector<ForeignKey> foreign_keys;
};
struct Source {
  Head head;
  Symbol kind;  // "postgres"
  Symbol connection, database;
  std::string timezone;  // of naive timestamps; empty: there are none
  std::optional<Duration> retention, heartbeat;
  Symbol snapshot;      // "initial"
  bool broken = false;  // an error was reported in it: what reads it stays silent
  std::vector<SourceTable> tables;
};

// ---- nodes: what holds rows in the warehouse, or is written from it
enum class NodeKind { CdcLog, CdcCurrent, CdcHistory, Model, Export };
std::string_view node_kind_name(NodeKind kind);  // "cdc_log", ...

enum class Deletes { Hard, Soft };

/// One captured table: its log, its current rows, and its history where asked for.
struct Cdc {
  Head head;  // name: of the current table
  Symbol source;
  Symbol table_schema, table_name;  // of the source table
  std::vector<Symbol> key;          // column names
  Symbol log;                       // node name; a log is always kept
  std::optional<Symbol> history;    // node name
  std::optional<Duration> log_retention;
  Deletes deletes = Deletes::Hard;
};

enum class Materialization { View, Full, IncrementalByTime, IncrementalByKey };
std::string_view materialization_name(Materialization m);  // "view", "full", "incremental_by_time", ...

enum class ElsePolicy { Block, Fail, Warn, Drop };
enum class ExpectKind { Unique, NotNull, Condition, References };

/// A bound expression with the tree that it lies in.
struct ExpressionBody {
  std::shared_ptr<const ast::Tree> tree;
  ast::NodeId node;
  std::shared_ptr<const sql::BoundExpression> bound;
};
struct QueryBody {
  std::shared_ptr<const ast::Tree> tree;
  ast::NodeId node;
  std::shared_ptr<const sql::BoundQuery> bound;
  lineage::QueryLineage lineage;
};

struct Expect {
  Symbol name;  // stable, unique in its model: "unique__order_id", "not_null__country", "expect__<hash>"
  ExpectKind kind = ExpectKind::Condition;
  ElsePolicy policy = ElsePolicy::Block;
  std::string text;             // as written, for people
  std::vector<Symbol> columns;  // Unique, NotNull, References
  ExpressionBody condition;     // Condition
  Symbol referenced;            // References: node name
  std::vector<Symbol> referenced_columns;
};

struct Incremental {
  std::vector<Symbol> columns;  // the time column, or the key
  int64_t grain_seconds = 86400;
  std::string grain;  // "DAY", "HOUR"
  std::string start;  // '2026-01-01'
  int64_t batch_grains = 1;
  Duration lookback;
  std::vector<Symbol> ignore_changes_of;
};

struct Model {
  Head head;
  Materialization materialization = Materialization::View;
  Incremental incremental;
  bool has_contract = false;
  bool is_public = false;
  QueryBody query;  // outputs are in the order of the query; `columns` of the node is the order of the table
  std::vector<Expect> expects;
  std::vector<Symbol> cluster_by;
};

struct Check {
  Head head;
  Symbol target;  // node name
  ElsePolicy policy = ElsePolicy::Block;
  QueryBody query;  // the rows that are wrong
  std::vector<Symbol> reads;
};

struct Destination {
  Head head;
  Symbol kind;  // "postgres"
  Symbol connection, schema;
};
enum class ExportMode { Upsert };
struct IndexColumn {
  Symbol column;
  bool descending = false;
};
struct Export {
  Head head;
  Symbol destination;  // name
  Symbol source;       // node name
  ExportMode mode = ExportMode::Upsert;
  std::vector<Symbol> key;
  std::vector<std::vector<IndexColumn>> indexes;
  std::vector<Symbol> grant_select_to;
  std::optional<Duration> freshness;
};

/// A node of the graph: `inputs` are the nodes that it reads (direct), sorted. For a CdcLog: none (it reads its source).
struct Node {
  Head head;
  NodeKind kind = NodeKind::Model;
  std::vector<Column> columns;
  std::vector<Symbol> inputs;
  std::vector<lineage::ColumnLineage> lineage;  // one a column
  size_t object = 0;                            // index into cdcs, models or exports, by kind
};

struct FunctionParam {
  Symbol name;
  sql::Type type;
};
struct Function {
  Head head;
  std::vector<FunctionParam> params;
  sql::Type returns;
  ExpressionBody body;  // tree null: external
};

struct Schedule {
  Head head;
  std::string cron;           // five fields; "every 10 minutes" is "*/10 * * * *"
  std::string timezone;       // IANA; "UTC" where none is named
  std::vector<Symbol> nodes;  // the resolved selection, in a topological order that is stable
  std::vector<Symbol> checks;
  std::optional<Duration> finish_within, task_timeout;
  int retries = 0;
};

/// A connection's field: a plain value, or a reference a backend ("env:APP_PW"). Never a secret value.
struct ConnectionField {
  std::string plain;
  std::map<std::string, std::string> references;  // backend name -> reference
};
struct Connection {
  Head head;
  std::map<std::string, ConnectionField> fields;
};

using OptionValues = std::map<std::string, std::string>;
struct Target {
  std::string name;
  std::string engine;   // "databricks"
  std::string catalog;  // may be empty
  std::string landing;  // URI
  std::string schema_prefix;
  std::map<std::string, OptionValues> backends;  // that are on
};

struct Pipeline {
  std::string project;
  Target target;
  std::vector<Connection> connections;
  std::vector<Source> sources;
  std::vector<Cdc> cdcs;
  std::vector<Function> functions;
  std::vector<Model> models;
  std::vector<Check> checks;
  std::vector<Destination> destinations;
  std::vector<Export> exports;
  std::vector<Schedule> schedules;
  std::vector<Node> nodes;    // sorted by name
  std::vector<Symbol> order;  // node names: inputs before readers, ties by name

  const Node* node(Symbol name) const;
  const Source* source(Symbol name) const;
  const SourceTable* source_table(const Cdc& cdc) const;
  const Cdc* cdc(Symbol current_name) const;
  const Model* model(Symbol name) const;
  const Export* export_(Symbol name) const;
  const Destination* destination(Symbol name) const;
  const Connection* connection(Symbol name) const;
  const Function* function(Symbol name) const;
};

}  // namespace pipec::pipeline
