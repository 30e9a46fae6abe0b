// A captured table by AUTO CDC: the platform keeps the current rows and the versions of the log's rows by itself. The order
// of events is the position of each, never its time alone: events of one time would be applied in any order.
#include <fmt/format.h>

#include "databricks/cdc.h"
#include "databricks/diagnostics.h"
#include "databricks/tables.h"
#include "pipeline/cdc_columns.h"

namespace pipec::backend::databricks {

using ast::NodeId;
using ast::SqlBuilder;

namespace {

constexpr const char* kCreateReason = "Spark knows AUTO CDC as a flow of a declarative pipeline alone";

/// How late an event may come: what was captured before it can be sent again by the source as long as it keeps its own log.
constexpr int64_t kLateness = 7 * 86400;

class AutoCdc {
 public:
  AutoCdc(const Capture& capture, const pipeline::Node& node)
      : capture_(capture),
        node_(node),
        steps_(node.head.name, &node.head),
        rows_(capture.names.rows(node)),
        log_(capture.names.node(capture.cdc->log)) {}

  /// `history`: every version, with the time of each at the end of its position.
  void table(bool history) {
    steps_.migrate("table", [&](Statement& s) { return create(s.sql, history); }).platform_only = kCreateReason;
    mask_columns(steps_, capture_.names, "", rows_, Masked::StreamingTable, node_.columns);
    verify_masks(steps_, capture_.names, rows_, node_.columns);
  }

  void view(const StepWriter::Build& query) {
    create_view(steps_, capture_.names.node(node_.head.name), node_.columns, node_.head.description, query, kOverKept);
    set_tags(steps_, capture_.names.node(node_.head.name), true, node_.head.tags, node_.columns);
  }

  void run(std::string_view what, Output& output) {
    Hasher logic;
    logic.add("auto_cdc").add(what).add(capture_.cdc->log.text());
    Ledger ledger(capture_.names, steps_, node_.head.name, logic.finish().hex(),
                  {{capture_.cdc->log, log_, "log_version"}});
    if (is_personal(node_.columns)) require_reader(steps_, capture_.names);
    ledger.bind_versions();
    ledger.for_each_due("due", false);
    steps_.reads = {capture_.cdc->log};
    steps_.writes = {node_.head.name};
    steps_.execute("refresh", [&](Statement& s) { return s.sql.ddl("refresh streaming table {}", s.sql.qname(rows_)); })
        .platform_only = kRefreshed;
    ledger.record("held", ledger.inputs());
    steps_.end_loop();
    steps_.take(output);
  }

  const Path& rows() const { return rows_; }

 private:
  NodeId create(SqlBuilder& sql, bool history) {
    const int64_t lateness = capture_.source->retention ? capture_.source->retention->seconds : kLateness;
    NodeId properties = properties_clause(
        sql, {{"delta.enableChangeDataFeed", "true"},
              {"delta.enableRowTracking", "true"},
              // A deleted key is remembered as long as an older event of it may come: that would bring the row back.
              {"pipelines.cdc.tombstoneGCThresholdInSeconds", std::to_string(lateness)},
              {"pipelines.channel", "PREVIEW"}});
    SqlBuilder::Ids position;
    for (std::string_view name : pipeline::kPositionColumns) position.push_back(sql.column(name));
    if (history) position.push_back(sql.column("_source_ts"));
    SqlBuilder::Ids keys, columns;
    for (Symbol name : capture_.cdc->key) keys.push_back(sql.name(name));
    for (Symbol name : capture_.columns()) columns.push_back(sql.name(name));
    NodeId flow = sql.ddl(
        "flow auto cdc\nfrom stream {}\nkeys ({})\napply as delete when {}\nsequence by {}\ncolumns ({})\n"
        "stored as {}",
        sql.qname(log_), sql.list(keys), sql.eq(sql.column("_op"), sql.string("d")), sql.call("struct", position),
        sql.list(columns), history ? sql.ddl("scd type 2") : sql.ddl("scd type 1"));
    return sql.ddl("create or refresh streaming table {}\n{}\n{}", sql.qname(rows_), properties, flow);
  }

  const Capture& capture_;
  const pipeline::Node& node_;
  StepWriter steps_;
  Path rows_, log_;
};

/// Versions with their times, from the positions where they begin and end. The source's clock may step back between
/// commits: a version never begins before the one that it follows.
NodeId versions(SqlBuilder& sql, const Capture& capture, const Path& rows) {
  auto by_key = [&] { return sql.columns({}, capture.cdc->key); };
  auto by_start = [&] { return SqlBuilder::Ids{sql.asc(sql.column("__START_AT"))}; };
  NodeId frame = sql.frame(ast::FrameUnit::Rows, sql.bound(ast::BoundKind::UnboundedPreceding),
                           sql.bound(ast::BoundKind::CurrentRow));
  NodeId begins = sql.field(sql.column("__START_AT"), Symbol::of("_source_ts"));
  NodeId from = sql.over(sql.call("max", {begins}), by_key(), by_start(), frame);
  NodeId next = sql.over(sql.call("lead", {sql.column("__START_AT")}), by_key(), by_start());
  SqlBuilder::Ids items = sql.columns({}, capture.columns());
  items.push_back(sql.item(from, "_from"));
  items.push_back(sql.column("__END_AT"));
  items.push_back(sql.item(next, "_next"));
  NodeId timed = sql.select({.items = items, .from = {sql.table(rows)}});
  auto has_ended = [&] { return sql.is_not_null(sql.column("__END_AT")); };
  NodeId ends = sql.field(sql.column("__END_AT"), Symbol::of("_source_ts"));
  NodeId to = sql.case_when({{has_ended(), sql.call("greatest", {sql.column("_from"), ends})}});
  NodeId gone = sql.and_all({has_ended(), sql.is_distinct(sql.column("_next"), sql.column("__END_AT"))});
  SqlBuilder::Ids ended = sql.columns({}, capture.columns());
  ended.push_back(sql.column("_from"));
  ended.push_back(sql.item(to, "_to"));
  ended.push_back(sql.item(gone, "_gone"));
  NodeId closed = sql.select({.items = ended, .from = {sql.query_ref(timed, "timed")}});
  SqlBuilder::Select select;
  select.items = sql.columns({}, capture.columns());
  select.items.push_back(sql.item(sql.column("_from"), "valid_from"));
  select.items.push_back(sql.item(sql.column("_to"), "valid_to"));
  select.items.push_back(sql.item(sql.is_null(sql.column("_to")), "is_current"));
  select.items.push_back(sql.item(sql.column("_gone"), "is_deleted"));
  select.from = {sql.query_ref(closed, "closed")};
  // Of several events of one instant the last one is what was true after it.
  select.where = sql.or_all({sql.is_null(sql.column("_to")), sql.gt(sql.column("_to"), sql.column("_from"))});
  return sql.select(select);
}

}  // namespace

void lower_current_auto(const Capture& capture, const pipeline::Node& node, Output& output) {
  AutoCdc rows(capture, node);
  rows.table(false);
  rows.view([&](Statement& s) {
    return s.sql.select({.items = s.sql.columns({}, capture.columns()), .from = {s.sql.table(rows.rows())}});
  });
  rows.run("current", output);
}

void lower_history_auto(const Capture& capture, const pipeline::Node& node, Output& output) {
  AutoCdc rows(capture, node);
  rows.table(true);
  rows.view([&](Statement& s) { return versions(s.sql, capture, rows.rows()); });
  rows.run("history", output);
}

void check_auto_cdc(const pipeline::Pipeline& pipeline, const pipeline::Cdc& cdc, Sink& sink) {
  Place place = Place::of_member(cdc.head.declaration, {});
  if (cdc.deletes == pipeline::Deletes::Soft) {
    sink.report(diag::AutoCdc, place,
                fmt::format("AUTO CDC keeps no deleted row, and `{}` has `deletes soft`", cdc.head.name.text()))
        .help(fmt::format("write `deletes hard`, or take `cdc: auto_cdc` out of target `{}`", pipeline.target.name));
  } else if (cdc.log_retention) {
    sink.report(diag::AutoCdc, place,
                fmt::format("AUTO CDC reads a log that only grows, and that of `{}` is kept for {}",
                            cdc.head.name.text(), cdc.log_retention->text))
        .help(fmt::format("take `retain` out, or `cdc: auto_cdc` out of target `{}`", pipeline.target.name));
  } else if (cdc.adds()) {
    sink.report(diag::AutoCdc, place,
                fmt::format("AUTO CDC reads each event once, and `on new column add` of `{}` fills events later",
                            cdc.head.name.text()))
        .help(fmt::format("write `on new column rescue`, or take `cdc: auto_cdc` out of target `{}`",
                          pipeline.target.name));
  }
}

}  // namespace pipec::backend::databricks
