// Landed files into the log. Each file is a line an event; what is no event goes to a table of rejected lines, and the
// node is red until somebody has looked at them. The log is only added to, by position: an event that comes twice, in
// another file too, is there once.
#include <fmt/format.h>

#include "databricks/cdc.h"
#include "databricks/cdc_declared.h"
#include "databricks/cdc_drift.h"
#include "databricks/cdc_forget.h"
#include "databricks/cdc_position.h"
#include "databricks/cdc_taken.h"
#include "databricks/cdc_truncate.h"
#include "databricks/decode.h"
#include "databricks/evolve.h"
#include "databricks/range.h"
#include "databricks/tables.h"
#include "databricks/types.h"
#include "pipeline/cdc_columns.h"

namespace pipec::backend::databricks {

using ast::NodeId;
using ast::SqlBuilder;
using pipeline::Column;
using pipeline::StepKind;
using sql::TypeKind;

namespace {

constexpr const char* kFilesReason = "read_files is a function of Databricks alone";

class LogLowering {
 public:
  LogLowering(const Capture& capture, const pipeline::Node& node)
      : capture_(capture),
        names_(capture.names),
        node_(node),
        steps_(node.head.name, &node.head),
        log_(names_.rows(node)),
        stage_(work("stage")),
        files_(work("files")),
        rejected_(work("rejected")),
        drift_(capture),
        truncated_(Truncations::come_from(*capture.source)),
        truncations_(capture, node, steps_),
        late_keys_(TakenKeys::come_from(capture)) {
    log_columns_ = pipeline::cdc_log_columns(*capture.cdc, *capture.table);
  }

  void lower(Output& output) {
    tables();
    landing_view("listing", "binaryFile", {{"length", "size"}, {"modificationTime", "modified"}});
    landing_view("lines", "text", {{"value", "line"}});
    set_tags(steps_, log_, false, node_.head.tags, log_columns_);
    if (is_personal(log_columns_)) require_reader(steps_, capture_.names);
    forget(capture_, node_, steps_);
    ingest();
    steps_.take(output);
  }

 private:
  Path work(std::string_view purpose) const { return names_.work(node_.head.name, purpose); }
  Symbol work_symbol(std::string_view purpose) const { return Names::work_symbol(node_.head.name, purpose); }

  // ---- tables
  void tables() {
    Table log;
    log.id = "table";
    log.path = log_;
    log.columns = log_columns_;
    log.partition_by = {Symbol::of("_date")};
    log.pruned_by = {Symbol::of("_seq"), capture_.cdc->key.front()};
    log.description = fmt::format("Every change event of {}. {}", capture_.topic(), node_.head.description);
    log.feeds = node_.head.name;
    log.follows = true;
    log.mirror = Symbol::of("_before");
    create_table(steps_, capture_.names, log);

    Table stage;
    stage.id = "stage_table";
    stage.path = stage_;
    stage.columns = log_columns_;
    for (Column& column : stage.columns) {
      column.nullable = true;
      column.description.clear();
    }
    if (late_keys_) stage.columns.push_back(column(TakenKeys::kCommit, TypeKind::BigInt, true));
    stage.columns.push_back(with_pii_of(column("_line", TypeKind::String, true), log_columns_));
    stage.columns.push_back(column("_size", TypeKind::BigInt, true));
    stage.columns.push_back(column("_modified", TypeKind::Timestamp, true));
    stage.columns.push_back(with_pii_of(column("_problem", TypeKind::String, true), log_columns_));
    stage.description = "The lines of the last files, decoded.";
    // In place of more columns: an INSERT has to give every member that a struct has, declared or not, as _before.
    stage.anew = true;
    create_table(steps_, capture_.names, stage);

    Table files;
    files.id = "files_table";
    files.path = files_;
    files.columns = {column("file", TypeKind::String), column("size", TypeKind::BigInt),
                     column("modified", TypeKind::Timestamp), column("run_id", TypeKind::String)};
    files.description = "Files whose lines are in the log.";
    create_table(steps_, capture_.names, files);

    Table rejected;
    rejected.id = "rejected_table";
    rejected.path = rejected_;
    rejected.columns = {with_pii_of(column("line", TypeKind::String), log_columns_), column("file", TypeKind::String),
                        with_pii_of(column("problem", TypeKind::String), log_columns_),
                        column("run_id", TypeKind::String), column("rejected_at", TypeKind::Timestamp)};
    rejected.description = "Lines that are not in the log, and why. The node is red while there are any.";
    create_table(steps_, capture_.names, rejected);
    if (truncated_) truncations_.table();
  }

  /// What lies in the landing folder. The one place where the platform's own function is needed.
  void landing_view(const char* view, const char* format, const std::vector<std::pair<const char*, const char*>>& own) {
    const std::string pattern = landed_files();
    steps_
        .migrate(view,
                 [&](Statement& s) {
                   SqlBuilder& sql = s.sql;
                   SqlBuilder::Select select;
                   for (auto [column, alias] : own) select.items.push_back(sql.item(sql.column(column), alias));
                   select.items.push_back(sql.item(sql.column("_metadata", "file_path"), "file"));
                   if (std::string_view(view) == "lines") {
                     select.items.push_back(sql.item(sql.column("_metadata", "file_size"), "size"));
                     select.items.push_back(sql.item(sql.column("_metadata", "file_modification_time"), "modified"));
                   }
                   NodeId how = sql.tree().add(ast::NodeKind::NamedArg, {sql.string(format)}, Symbol::of("format"));
                   select.from = {sql.table_function("read_files", {sql.string(pattern), how})};
                   SqlBuilder::Create create;
                   create.flags = ast::kOrReplace;
                   create.name = sql.qname(work(view));
                   create.query = sql.select(select);
                   return sql.create_view(create);
                 })
        .platform_only = kFilesReason;
  }

  /// In a folder a topic is a file, or several whose names begin with its name; in the storage of a cloud it is a folder of
  /// folders, one a day (kafka_connect/confluent_sink.h).
  std::string landed_files() const {
    std::string landing = capture_.landing;
    while (landing.ends_with('/')) landing.pop_back();
    return fmt::format("{}/{}{}", landing, capture_.topic(), landing.starts_with("file:") ? "*" : "/*/*");
  }

  // ---- run
  void ingest() {
    if (capture_.cdc->adds()) fill_declared(capture_, node_, steps_);
    steps_.reads = {work_symbol("listing"), work_symbol("files")};
    steps_.for_each("new_files", [&](Statement& s) {
      SqlBuilder& sql = s.sql;
      SqlBuilder::Select select;
      select.items = {sql.item(sql.call("min", {sql.column("f", "modified")}), "since")};
      select.from = {not_read_yet(sql, "listing", "f")};
      select.having = sql.gt(sql.count_star(), sql.integer(0));
      return sql.select(select);
    });
    steps_.reads = {work_symbol("lines"), work_symbol("files")};
    steps_.writes = {work_symbol("stage")};
    steps_.execute("stage", [&](Statement& s) { return stage(s.sql); });
    steps_.reads = {work_symbol("stage")};
    steps_.writes = {};
    pipeline::Step& batch = steps_.run(StepKind::Bind, "positions", [&](Statement& s) {
      SqlBuilder& sql = s.sql;
      SqlBuilder::Ids items;
      positions().ask(sql, items);
      if (late_keys_) items.push_back(TakenKeys::first_commit(sql));
      return sql.select({.items = items, .from = {sql.table(stage_)}, .where = sql.is_null(sql.column("_problem"))});
    });
    positions().bind(batch);
    if (late_keys_) batch.bind[TakenKeys::kFirst] = TakenKeys::kFirst;
    steps_.writes = {node_.head.name};
    steps_.execute("append", [&](Statement& s) { return append(s.sql); });
    if (truncated_) truncations_.expand(stage_);
    if (late_keys_) TakenKeys(capture_, node_, steps_).keep();
    steps_.reads = {work_symbol("stage")};
    steps_.writes = {work_symbol("rejected")};
    steps_.execute("reject", [&](Statement& s) { return reject(s.sql); });
    steps_.writes = {work_symbol("files")};
    steps_.execute("read", [&](Statement& s) {
      SqlBuilder& sql = s.sql;
      SqlBuilder::Insert insert;
      insert.table = sql.table(files_);
      insert.columns = {"file", "size", "modified", "run_id"};
      SqlBuilder::Ids items = sql.columns({}, {Symbol::of("_file"), Symbol::of("_size"), Symbol::of("_modified")});
      items.push_back(sql.param("run_id"));
      insert.query = sql.select({.distinct = true, .items = items, .from = {sql.table(stage_)}});
      return sql.insert(insert);
    });
    steps_.end_loop();
    steps_.reads = {work_symbol("rejected")};
    steps_.writes = {};
    pipeline::Step& gate = steps_.run(StepKind::Gate, "rejected", [&](Statement& s) {
      return s.sql.select({.items = {s.sql.item(s.sql.count_star(), "failures")}, .from = {s.sql.table(rejected_)}});
    });
    gate.check = "rejected_lines";
    gate.policy = pipeline::GatePolicy::Fail;
  }

  NodeId not_read_yet(SqlBuilder& sql, const char* view, const char* alias) {
    SqlBuilder::Ids same;
    for (const char* name : {"file", "size", "modified"}) {
      same.push_back(sql.eq(sql.column("r", name), sql.column(alias, name)));
    }
    return sql.join(ast::JoinKind::LeftAnti, sql.table(work(view), alias), sql.table(files_, "r"), sql.and_all(same));
  }

  // ---- the stage: lines parsed, values decoded, what is wrong with a line said
  NodeId stage(SqlBuilder& sql) {
    SqlBuilder::Select select;
    select.ctes = {sql.cte("landed", landed(sql)), sql.cte("events", events(sql)), sql.cte("decoded", values(sql))};
    for (const pipeline::SourceColumn& column : capture_.table->columns) {
      select.items.push_back(sql.column(column.column.name));
    }
    for (const char* name : {"_before", "_op", "_source_ts"}) select.items.push_back(sql.column(name));
    select.items.push_back(sql.item(day_of(sql, sql.column("_source_ts")), "_date"));
    for (const char* name : {"_seq", "_ord"}) select.items.push_back(sql.column(name));
    // Not of the values: an event that is read again after a column was declared is the same event.
    select.items.push_back(sql.item(sql.call("xxhash64", {sql.column("_op"), sql.column("_source_ts")}), "_tie"));
    if (drift_.rescues()) select.items.push_back(sql.item(drift_.rescued(sql, "decoded"), "_rescued"));
    select.items.push_back(sql.column("_file"));
    if (late_keys_) select.items.push_back(sql.column(TakenKeys::kCommit));
    for (const char* name : {"_line", "_size", "_modified"}) select.items.push_back(sql.column(name));
    select.items.push_back(sql.item(problem(sql), "_problem"));
    select.from = {sql.table({"decoded"})};
    return insert_by_name(sql, ast::InsertMode::Overwrite, stage_, sql.select(select));
  }

  NodeId landed(SqlBuilder& sql) {
    NodeId mode = sql.call("map", {sql.string("mode"), sql.string("PERMISSIVE"),
                                   sql.string("columnNameOfCorruptRecord"), sql.string("_corrupt")});
    NodeId event = sql.call("from_json", {sql.column("f", "line"), sql.string(schema()), mode});
    SqlBuilder::Select select;
    for (const char* name : {"line", "file", "size", "modified"}) select.items.push_back(sql.column("f", name));
    select.items.push_back(sql.item(event, "event"));
    if (drift_.looks()) select.items.push_back(sql.item(drift_.sent(sql, sql.column("f", "line")), "sent"));
    select.from = {not_read_yet(sql, "lines", "f")};
    // A tombstone is the word null: it says nothing that the delete before it has not said.
    NodeId empty = sql.in_list(sql.call("trim", {sql.column("f", "line")}), {sql.string(""), sql.string("null")});
    select.where = sql.and_all({sql.gt_eq(sql.column("f", "modified"), sql.param("since")), sql.not_(empty)});
    return sql.select(select);
  }

  /// The connector's envelope, as the type that a line is read by.
  std::string schema() {
    ast::Tree tree;
    SqlBuilder sql(tree);
    auto row = [&] {
      std::vector<std::pair<ast::Text, NodeId>> fields;
      for (const pipeline::SourceColumn& column : capture_.table->columns) {
        fields.emplace_back(column.column.name, landed_type_node(sql, column.mapping.landed));
      }
      return sql.struct_of(fields);
    };
    auto text = [&] { return sql.type("string"); };
    std::vector<std::pair<ast::Text, NodeId>> members;
    for (auto [name, type] : source_members(capture_.source->kind)) members.emplace_back(name, sql.type(type));
    NodeId source = sql.struct_of(members);
    NodeId envelope =
        sql.struct_of({{"before", row()}, {"after", row()}, {"source", source}, {"op", text()}, {"_corrupt", text()}});
    return printed(tree, envelope, nullptr);
  }

  NodeId events(SqlBuilder& sql) {
    auto of_event = [&](const char* name) { return sql.column("event", name); };
    auto of_source = [&](std::string_view name) { return sql.field(of_event("source"), name); };
    SqlBuilder::Select select;
    for (const char* name : {"line", "file", "size", "modified"}) select.items.push_back(sql.column(name));
    select.items.push_back(sql.item(of_event("_corrupt"), "corrupt"));
    select.items.push_back(sql.item(of_event("op"), "op"));
    select.items.push_back(sql.item(of_event("before"), "before"));
    select.items.push_back(sql.item(of_event("after"), "after"));
    if (drift_.looks()) select.items.push_back(sql.column("sent"));
    for (NodeId part : position_parts(sql, capture_.source->kind, of_source)) select.items.push_back(part);
    select.items.push_back(sql.item(of_source("ts_us"), "ts_us"));
    select.from = {sql.table({"landed"})};
    // The pattern of the files may fit those of a table with a longer name too.
    select.where = sql.call("coalesce", {is_of_table(sql, capture_, of_source), sql.boolean(true)});
    return sql.select(select);
  }

  NodeId values(SqlBuilder& sql) {
    SqlBuilder::Select select;
    std::vector<NodeId> before;
    for (const pipeline::SourceColumn& column : capture_.table->columns) {
      Symbol name = column.column.name;
      auto of = [&](const char* image) { return sql.column(image, name); };
      Landed after = [&] {
        if (!capture_.is_key(name)) return of("after");
        return sql.case_when({{sql.eq(sql.column("op"), sql.string("d")), of("before")}}, of("after"));
      };
      select.items.push_back(sql.item(decoded(sql, column.mapping, column.timezone, after), name));
      NodeId value = decoded(sql, column.mapping, column.timezone, [&] { return of("before"); });
      before.push_back(sql.string(name));
      before.push_back(value);
    }
    NodeId image = sql.case_when({{sql.is_not_null(sql.column("before")), sql.call("named_struct", before)}});
    select.items.push_back(sql.item(image, "_before"));
    select.items.push_back(sql.item(sql.column("op"), "_op"));
    select.items.push_back(sql.item(sql.call("timestamp_micros", {sql.column("ts_us")}), "_source_ts"));
    select.items.push_back(sql.item(first_position(sql, capture_.source->kind), "_seq"));
    select.items.push_back(sql.item(second_position(sql, capture_.source->kind), "_ord"));
    if (late_keys_) select.items.push_back(sql.item(commit_before(sql), TakenKeys::kCommit));
    select.items.push_back(sql.item(sql.column("file"), "_file"));
    select.items.push_back(sql.item(sql.column("line"), "_line"));
    select.items.push_back(sql.item(sql.column("size"), "_size"));
    select.items.push_back(sql.item(sql.column("modified"), "_modified"));
    select.items.push_back(sql.item(sql.column("corrupt"), "_corrupt"));
    select.items.push_back(sql.item(sql.column("after"), "_after"));
    if (drift_.looks()) select.items.push_back(sql.item(sql.column("sent"), "_sent"));
    select.from = {sql.table({"events"})};
    return sql.select(select);
  }

  /// Why a line cannot go into the log: NULL if it can.
  NodeId problem(SqlBuilder& sql) {
    std::vector<std::pair<NodeId, NodeId>> whens;
    auto add = [&](NodeId condition, std::string_view text) { whens.emplace_back(condition, sql.string(text)); };
    auto is_row = [&] {
      return truncated_ ? sql.not_(sql.in_list(sql.column("_op"), {sql.string("d"), sql.string("t")}))
                        : sql.differs(sql.column("_op"), sql.string("d"));
    };
    // Where the rest of the event could be read it is a single value that could not.
    auto is_corrupt = [&] { return sql.is_not_null(sql.column("_corrupt")); };
    add(sql.and_all({is_corrupt(), sql.is_null(sql.column("_op"))}), "not the JSON of a change event");
    if (capture_.cdc->changed_type == pipeline::DriftPolicy::Fail)
      add(is_corrupt(), "a value of another type than declared");
    drift_.problems(sql, whens);
    SqlBuilder::Ids known{sql.string("c"), sql.string("u"), sql.string("d"), sql.string("r")};
    if (truncated_) known.push_back(sql.string("t"));
    add(sql.not_(sql.in_list(sql.call("coalesce", {sql.column("_op"), sql.string("")}), known)),
        truncated_ ? "not an operation on rows" : "not an operation on a row");
    add(sql.and_all({is_row(), sql.is_null(sql.column("_after"))}), "no row after the event");
    add(sql.or_all({sql.is_null(sql.column("_seq")), sql.is_null(sql.column("_ord"))}),
        "no position in the source's log");
    add(sql.is_null(sql.column("_source_ts")), "no time of the commit");
    for (const pipeline::SourceColumn& column : capture_.table->columns) {
      Symbol name = column.column.name;
      auto landed = [&] { return sql.column("_after", name); };
      bool key = capture_.is_key(name);
      // Of the three only PostgreSQL leaves a value out that did not change.
      bool postgres = capture_.source->kind.text() == "postgres";
      if (NodeId missing = postgres ? is_unavailable(sql, column.mapping, landed()) : NodeId{}) {
        add(missing,
            fmt::format("{}: not sent, as it did not change; the table needs REPLICA IDENTITY FULL", name.text()));
      }
      if (may_fail(column.mapping) && !drift_.rescues_value(column)) {
        add(sql.and_all({sql.is_not_null(landed()), sql.is_null(sql.column(name))}),
            fmt::format("{}: a value that {} cannot hold", name.text(), column.mapping.delta.text()));
      }
      if (!column.column.nullable || key) {
        NodeId null = sql.is_null(sql.column(name));
        if (key && truncated_) null = sql.and_all({Truncations::is_none(sql), null});
        add(key ? null : sql.and_all({is_row(), null}), fmt::format("{}: NULL", name.text()));
      }
    }
    return sql.case_when(whens);
  }

  // ---- from the stage to where it stays
  NodeId append(SqlBuilder& sql) {
    std::vector<Symbol> names = column_names(log_columns_);
    std::vector<Symbol> position = capture_.cdc->key;
    for (std::string_view name : pipeline::kPositionColumns) position.push_back(Symbol::of(name));
    NodeId number = sql.over(sql.call("row_number", {}), sql.columns({}, position), {sql.asc(sql.column("_file"))});
    NodeId sound = sql.is_null(sql.column("_problem"));
    if (truncated_) sound = sql.and_all({sound, Truncations::is_none(sql)});
    NodeId source = sql.select({.items = sql.columns({}, names),
                                .from = {sql.table(stage_)},
                                .where = sound,
                                .qualify = sql.eq(number, sql.integer(1))});
    // The bounds let the warehouse skip the files of other times.
    SqlBuilder::Ids on;
    positions().hold(sql, "t", on);
    for (Symbol name : position) on.push_back(sql.eq(sql.column("t", name), sql.column("s", name)));
    // Members of _before that are no longer declared get NULL by this alone; it finds nothing to add.
    return sql.ddl(
        "merge with schema evolution into {}\n"
        "using ({}) as s\n"
        "on {}\n"
        "when not matched then insert *",
        sql.table(log_, "t"), source, sql.and_all(on));
  }

  NodeId reject(SqlBuilder& sql) {
    NodeId source = sql.select(
        {.items = {sql.item(sql.column("_line"), "line"), sql.item(sql.call("min", {sql.column("_file")}), "file"),
                   sql.item(sql.call("min", {sql.column("_problem")}), "problem")},
         .from = {sql.table(stage_)},
         .where = sql.is_not_null(sql.column("_problem")),
         .group = {sql.column("_line")}});
    SqlBuilder::Ids values;
    for (const char* name : {"line", "file", "problem"}) values.push_back(sql.assign(name, sql.column("s", name)));
    values.push_back(sql.assign("run_id", sql.param("run_id")));
    values.push_back(sql.assign("rejected_at", sql.call("current_timestamp", {})));
    return sql.merge({.target = sql.table(rejected_, "t"),
                      .source = sql.query_ref(source, "s"),
                      .on = sql.eq(sql.column("t", "line"), sql.column("s", "line")),
                      .clauses = {sql.when(ast::MergeClauseKind::NotMatchedInsert, {}, values)}});
  }

  const Capture& capture_;
  const Names& names_;
  const pipeline::Node& node_;
  StepWriter steps_;
  Path log_, stage_, files_, rejected_;
  Drift drift_;
  bool truncated_;
  Truncations truncations_;
  bool late_keys_;
  std::vector<Column> log_columns_;
};

}  // namespace

void lower_log(const Capture& capture, const pipeline::Node& node, Output& output) {
  LogLowering(capture, node).lower(output);
}

}  // namespace pipec::backend::databricks
