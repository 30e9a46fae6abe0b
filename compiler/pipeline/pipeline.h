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
#include "facts/facts.h"
#include "lineage/lineage.h"
#include "pipeline/capability.h"
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
  bool broken = false;       // it has syntax errors: what can be read of it is not all that it says
  Fingerprint
      fingerprint;  // of everything here and in the object, descriptions too: what a backend's cache is keyed by
};

// ---- sources
struct SourceColumn {
  Column column;  // name as in the database, Delta's type
  platform::NativeType native;
  platform::NativeMapping mapping;  // Connect, Delta and decoding facts
  std::string timezone;             // of its naive timestamps; empty: it holds none
  // of files and services: what the column is called there, how it is read
  std::string header, format;
  ast::NodeId expression;                             // over `$`, in the source's tree
  std::shared_ptr<const sql::BoundExpression> bound;  // of `expression`
  std::vector<Symbol> of_parent;                      // the column is that one of the resource's parent
};
struct ForeignKey {
  std::vector<Symbol> columns;
  Symbol schema, table;
  std::vector<Symbol> referenced;
};
struct SourceTable {
  Symbol schema, name;   // as in the database, case kept
  std::string timezone;  // of its own
  std::string description;
  std::vector<SourceColumn> columns;
  std::vector<Symbol> primary_key;
  std::vector<std::vector<Symbol>> unique;
  std::vector<ForeignKey> foreign_keys;
  // of a resource or a topic
  Symbol parent;  // `for each`
  std::string path, records;
  Symbol paginate;
  std::vector<Symbol> paginate_with;
  Symbol time;  // of the event
  std::optional<Duration> late;
};
/// A setting of the connector that captures, in the connector's own words.
struct SourceSetting {
  std::string key, value;
  Span span;
};
struct Source {
  Head head;
  Symbol kind;  // "postgres"
  Symbol connection, database;
  std::string timezone;  // of naive timestamps, unless a table or column says its own; empty: there are none
  bool replica = false;  // the connection leads to a replica that takes no writes
  std::optional<Duration> retention, heartbeat, land_every;
  bool signal_table = false;  // what reads it takes signals from a table of the database too
  std::vector<SourceSetting> settings;
  Symbol snapshot;             // "initial"
  Symbol publication, slot;    // of PostgreSQL, what is there already; empty: the capturing backend's own
  Symbol schema, loaded_by;    // of kind external
  std::string path, base_url;  // of files, of a service
  Symbol format;               // "csv"
  std::map<std::string, std::string> format_options;
  Symbol auth, secret;                    // "bearer", name of the secret
  std::string auth_name;                  // the user, or the header
  int64_t rate = 0;                       // requests
  Symbol rate_per;                        // "second"
  std::vector<Symbol> dropped;            // columns of the files that nobody wants
  std::shared_ptr<const ast::Tree> tree;  // of the columns' expressions
  bool broken = false;                    // an error was reported in it: what reads it stays silent
  std::vector<SourceTable> tables;

  const SourceTable* table(Symbol schema, Symbol name) const;
  /// "shop.public.orders": what lineage calls a table of the source.
  Symbol full_name(const SourceTable& table) const;
};

// ---- nodes: what holds rows in the warehouse, or is written from it
enum class NodeKind { CdcLog, CdcCurrent, CdcHistory, Model, Export, Load, Snapshot, Seed, External, Job, Quarantine };
std::string_view node_kind_name(NodeKind kind);  // "cdc_log", ...

enum class Deletes { Hard, Soft };

/// One captured table: its log, its current rows, and its history where asked for.
/// What happens to an event whose row is not as it is declared. Fail: it is kept out of the log, and the run is red. Add:
/// as Rescue, and what was kept aside goes into its column as soon as that is declared.
enum class DriftPolicy { Ignore, Rescue, Fail, Add };
struct Cdc {
  Head head;                        // name: of the current table
  Symbol source, source_kind;       // "shop", "postgres"
  Symbol table_schema, table_name;  // of the source table
  std::vector<Symbol> key;          // column names
  Symbol log;                       // node name; a log is always kept
  std::optional<Symbol> history;    // node name
  std::optional<Duration> log_retention;
  Deletes deletes = Deletes::Hard;
  DriftPolicy new_column = DriftPolicy::Ignore, lost_column = DriftPolicy::Ignore, changed_type = DriftPolicy::Fail;
  /// The log keeps what fits no column, as JSON in `_rescued`.
  bool rescues() const { return keeps_new_columns() || changed_type == DriftPolicy::Rescue; }
  bool keeps_new_columns() const { return new_column == DriftPolicy::Rescue || adds(); }
  bool adds() const { return new_column == DriftPolicy::Add; }
};

/// A table that is filled from a source without its log.
struct Tier {
  Symbol name;  // "hot"
  std::optional<Duration> length;
};
struct Load {
  Head head;
  Symbol source, table_schema, table_name;
  enum class Mode { Full, Incremental, NewFiles } mode = Mode::Full;
  Symbol cursor;  // Incremental
  std::optional<Duration> lag, retain;
  bool merge = false;  // else append
  std::vector<Symbol> key;
  Symbol duplicates;                  // "drop" or empty
  std::vector<Symbol> duplicates_on;  // empty: all columns
  Symbol bad_rows;                    // "fail", "drop", "quarantine"
  Symbol quarantine;                  // node name
  int64_t bad_rows_percent = 0;
  Symbol partition_by;  // "date" or empty
  std::vector<Symbol> partition_columns;
  std::vector<Tier> tiers;
};
/// The history of a table, from comparing it with what it was.
struct Snapshot {
  Head head;
  Symbol source;  // node name
  std::vector<Symbol> key;
  std::vector<Symbol> compare;  // empty: all columns
  bool close_deleted = true;
};
/// Texts in the order of the node's columns; none: NULL.
using SeedRow = std::vector<std::optional<std::string>>;
struct Seed {
  Head head;
  std::string file;
  Symbol format;  // "csv" or "json"
  std::vector<Symbol> key;
  std::shared_ptr<const std::vector<SeedRow>> rows;  // each text is a literal of its column's type
};

/// Streaming, MaterializedView and Python stand first: what is incremental is compared by `>=`.
enum class Materialization { View, Full, Streaming, MaterializedView, Python, IncrementalByTime, IncrementalByKey };
/// Built by the platform itself, which says neither what changed in it nor when.
bool is_kept_by_platform(Materialization m);
std::string_view materialization_name(Materialization m);  // "view", "full", "incremental_by_time", ...

enum class ElsePolicy { Block, Fail, Warn, Drop, Quarantine };
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
  Symbol quarantine;  // node name
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

/// `grant select, modify to role, role`.
struct Grant {
  std::vector<Symbol> privileges;  // "select", "modify", "all"
  std::vector<Symbol> roles;
};

/// Columns of a table that somebody outside the SQL reads.
struct TableUse {
  Symbol table;                 // node name
  std::vector<Symbol> columns;  // empty: all
};

/// A function in a Python file of the project. The orchestrator calls it with the rows of each table that it reads, in
/// their order, and the secrets by name; what it yields are rows.
struct Program {
  std::string file, function;  // "jobs/embed.py", "run"
  std::vector<TableUse> reads;
  std::vector<Symbol> secrets;
  std::shared_ptr<const std::string> text;  // of the file; null until it was read
};

struct Model {
  Head head;
  Materialization materialization = Materialization::View;
  Incremental incremental;
  bool has_contract = false;
  bool is_public = false;
  QueryBody query;  // outputs are in the order of the query; `columns` of the node is the order of the table
  std::vector<Expect> expects;
  std::vector<Symbol> cluster_by, partition_by, key;
  std::vector<Grant> grants;
  Program program;  // of a model in Python, in place of a query
  Symbol renamed_from;
};

/// Inputs and what a model makes of them. The steps are read from the tree by who runs them.
struct Test {
  Head head;
  Symbol target;
  std::shared_ptr<const ast::Tree> tree;
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
enum class ExportMode { Upsert, Swap, Replace };
struct IndexColumn {
  Symbol column;
  bool descending = false;
};
/// What readers of before see: some columns, in a schema of the version's own.
struct ExportVersion {
  int64_t number = 0;
  std::vector<Symbol> columns;
};
/// A column of an array of numbers that the database keeps as a vector, to find what is near.
struct ExportVector {
  Symbol column;
  int64_t dimensions = 0;
  Symbol distance;  // "cosine", "euclidean" or "product"
};
struct Export {
  Head head;
  Symbol destination;  // name
  Symbol source;       // node name
  ExportMode mode = ExportMode::Upsert;
  std::vector<Symbol> key;
  std::vector<std::vector<IndexColumn>> indexes;
  std::vector<Symbol> grant_select_to;
  std::vector<ExportVersion> versions;
  std::vector<ExportVector> vectors;
  std::optional<Duration> freshness;
  Symbol replace_by;  // Replace: the time column
  bool keep_deleted = false;
  Symbol renamed_from;
  Span renamed_at;  // of that name
};
/// Exports that become visible together.
struct Publish {
  Head head;
  std::vector<Symbol> exports;
};

struct EntityJoin {
  Symbol name;
  Symbol entity;
  std::vector<std::pair<Symbol, Symbol>> on;  // own column, column of the other
};
struct Entity {
  Head head;
  Symbol target;  // node name
  std::vector<Symbol> key;
  std::vector<EntityJoin> joins;
};
/// `by club.league.Name`: the entities on the way, and the column at its end.
struct MetricPath {
  std::vector<Symbol> entities;
  Symbol column;
};
struct Metric {
  Head head;
  Symbol target;
  QueryBody measure;  // select measure from target
  Symbol time;
  std::vector<MetricPath> by;
};
struct Dashboard {
  Head head;
  Symbol tool, connection;
  std::vector<TableUse> reads;
  bool refresh_after_run = false;
};
struct Job {
  Head head;
  Program program;
  Symbol writes;            // node name
  std::vector<Symbol> key;  // empty: the table is written as a whole
  std::optional<Duration> timeout;
};

/// A node of the graph: `inputs` are the nodes that it reads (direct), sorted. For a CdcLog: none (it reads its source).
struct Node {
  Head head;
  NodeKind kind = NodeKind::Model;
  std::vector<Column> columns;
  std::vector<Symbol> inputs;
  std::vector<lineage::ColumnLineage> lineage;  // one a column; what decides the rows of a model is in its `query`
  std::shared_ptr<const facts::TableFacts> facts;
  size_t object = 0;  // index into cdcs, models or exports, by kind; of other kinds nothing
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

/// Who is told of what happens to a run. `secret` names where the address is found; empty: none is needed.
struct Alert {
  std::vector<Symbol> events;  // "failure", "late", "success", "start", "quarantine"
  Symbol channel;              // "slack"
  Symbol secret;
  Span span;  // of the item, from the declaration's begin
};
struct Schedule {
  Head head;
  std::string cron;           // five fields; "every 10 minutes" is "*/10 * * * *"
  std::string timezone;       // IANA; "UTC" where none is named
  std::vector<Symbol> nodes;  // the resolved selection, in a topological order that is stable
  std::vector<Symbol> checks, dashboards;
  std::optional<Duration> finish_within, task_timeout;
  int retries = 0;
  enum class Start { Timed, Continuous, Manual, After } start = Start::Timed;
  Symbol after;             // a schedule, or the source of `after sync of`
  bool after_sync = false;  // `after` is a source
  Symbol process;           // "last complete day"
  std::optional<Duration> reprocess;
  std::vector<Alert> alerts;
};

/// A connection's field: a plain value, or a reference a backend ("env:APP_PW"). Never a secret value.
struct ConnectionField {
  std::string plain;
  std::map<std::string, std::string> references;  // backend name -> reference
  Span span;                                      // of its name in pipec.yaml
};
struct Connection {
  Head head;  // a place: Place::in_file(head.file, a field's span)
  std::map<std::string, ConnectionField> fields;
};

using OptionValues = std::map<std::string, std::string>;
struct Target {
  std::string name;
  Symbol file;          // pipec.yaml
  Span span;            // of its name there
  std::string engine;   // "databricks"
  std::string catalog;  // may be empty
  std::string landing;  // URI
  std::string schema_prefix;
  std::string start;                             // a date before which nothing is built; may be empty
  bool exports = true, schedules = true;         // of the first target; others have neither unless they say so
  std::map<std::string, OptionValues> backends;  // that are on, each with all of its options

  /// Empty where the backend is off.
  const std::string& option(std::string_view backend, std::string_view name) const;
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
  std::vector<Load> loads;
  std::vector<Snapshot> snapshots;
  std::vector<Seed> seeds;
  std::vector<Test> tests;
  std::vector<Destination> destinations;
  std::vector<Export> exports;
  std::vector<Publish> publishes;
  std::vector<Entity> entities;
  std::vector<Metric> metrics;
  std::vector<Dashboard> dashboards;
  std::vector<Job> jobs;
  std::vector<Schedule> schedules;
  std::vector<Node> nodes;    // sorted by name
  std::vector<Symbol> order;  // node names: inputs before readers, ties by name
  std::vector<Need> needs;    // of all declarations, beyond what follows from the objects themselves

  const Node* node(Symbol name) const;
  const Source* source(Symbol name) const;
  const SourceTable* source_table(const Cdc& cdc) const;
  const Cdc* cdc(Symbol current_name) const;
  const Load* load(Symbol name) const;
  const Seed* seed(Symbol name) const;
  const Job* job(Symbol node) const;  // that writes the node
  const Model* model(Symbol name) const;
  const Export* export_(Symbol name) const;
  const Destination* destination(Symbol name) const;
  const Connection* connection(Symbol name) const;
  const Function* function(Symbol name) const;
};

}  // namespace pipec::pipeline
