// The log into the tables of rows below the views of a cdc. Both merges give the same result for the same set of events,
// in whatever order and how often they come.
#include <fmt/format.h>

#include "databricks/cdc.h"
#include "databricks/lookup.h"
#include "databricks/range.h"
#include "databricks/tables.h"
#include "databricks/types.h"
#include "pipeline/captured_rows.h"
#include "pipeline/cdc_columns.h"

namespace pipec::backend::databricks {

using ast::MergeClauseKind;
using ast::NodeId;
using ast::SqlBuilder;
using pipeline::Column;
using pipeline::kPayloadPosition;
using pipeline::StepKind;

namespace {

/// Bumped when what the merges write changes for the same log: the rows are then made anew from it.
constexpr const char* kRowsVersion = "2";

std::string fingerprint_of(const Capture& capture, const std::vector<Column>& columns, std::string_view what) {
  Hasher hasher;
  hasher.add(kRowsVersion).add(what).add(capture.cdc->log.text());
  for (Symbol key : capture.cdc->key) hasher.add("key").add(key.text());
  for (const Column& column : columns) {
    hasher.add(column.name.text()).add(column.type.text()).add(uint64_t{column.nullable});
  }
  return marked(capture.cdc->key, hasher.finish().hex());
}

/// Which rows of the table a merge is about (`within`, none: any), and whether an event that is known may say more than it
/// did (`again`).
struct Into {
  SqlBuilder::Ids within = {};
  bool again = false;
};

class RowsLowering {
 public:
  RowsLowering(const Capture& capture, const pipeline::Node& node, std::vector<Column> columns, std::string_view what)
      : capture_(capture),
        node_(node),
        steps_(node.head.name, &node.head),
        columns_(std::move(columns)),
        names_(column_names(columns_)),
        rows_(capture.names.rows(node)),
        log_(capture.names.node(capture.cdc->log)),
        ledger_(capture.names, steps_, node.head.name, fingerprint_of(capture, columns_, what),
                {{capture.cdc->log, log_, "log_version"}}) {}

  void table(std::string_view description) {
    Table rows;
    rows.id = "table";
    rows.path = rows_;
    rows.columns = columns_;
    rows.cluster_by = capture_.cdc->key;
    rows.description = description;
    rows.feeds = node_.head.name;
    rows.follows = true;
    rows.found_by = capture_.cdc->key;
    create_table(steps_, capture_.names, rows);
    set_tags(steps_, rows_, false, node_.head.tags, node_.columns);
  }

  void view(const StepWriter::Build& query) {
    create_view(steps_, capture_.names.node(node_.head.name), node_.columns, node_.head.description, query);
  }

  /// The statement from a relation of events.
  using Merge = std::function<NodeId(SqlBuilder&, NodeId events, const Into& into)>;
  void run(const Merge& merge, const std::vector<Range>& ranges) {
    if (is_personal(columns_)) require_reader(steps_, capture_.names);
    ledger_.bind_versions();
    auto load = [&](const char* id, const StepWriter::Build& build) {
      steps_.reads = {capture_.cdc->log};
      steps_.writes = {node_.head.name};
      steps_.execute(id, build);
      steps_.writes.clear();
    };
    ledger_.for_each_rebuild("rebuild");
    load("rebuild.merge", [&](Statement& s) { return merge(s.sql, s.sql.table(log_), {.again = true}); });
    ledger_.record("rebuild.held", ledger_.inputs());
    steps_.end_loop();
    const Input& log = ledger_.inputs().front();
    ledger_.for_each_change("changes", log);
    if (!ranges.empty()) bind(ranges);
    load("changes.merge", [&](Statement& s) {
      Into into{.again = capture_.cdc->adds()};
      for (const Range& range : ranges) range.hold(s.sql, "t", into.within);
      return merge(s.sql, added(s.sql), into);
    });
    ledger_.record("changes.held", ledger_.inputs());
    steps_.end_loop();
  }

  void bind(const std::vector<Range>& ranges) {
    steps_.reads = {capture_.cdc->log};
    pipeline::Step& step = steps_.run(StepKind::Bind, "changes.ranges", [&](Statement& s) {
      SqlBuilder::Ids items;
      for (const Range& range : ranges) range.ask(s.sql, items);
      return s.sql.select({.items = items, .from = {added(s.sql)}});
    });
    for (const Range& range : ranges) range.bind(step);
  }

  /// The events since the last run.
  NodeId added(SqlBuilder& sql) {
    NodeId changes = sql.table_function("table_changes", {sql.string(Names::spelled(log_)), sql.param("first_version"),
                                                          sql.param(ledger_.inputs().front().version)});
    // An update of the log: what an event says in a column that was declared after it.
    SqlBuilder::Ids kinds{sql.string("insert")};
    if (capture_.cdc->adds()) kinds.push_back(sql.string("update_postimage"));
    NodeId inserted =
        sql.select({.items = {sql.star()}, .from = {changes}, .where = sql.in_list(sql.column("_change_type"), kinds)});
    return sql.query_ref(inserted, "added");
  }

  std::vector<Range> key_range() const {
    const Symbol first = capture_.cdc->key.front();
    for (const Column& column : columns_) {
      if (column.name == first && can_be_parameter(column.type)) return {{first, "key"}};
    }
    return {};
  }

  /// Events as rows: of a deleted one only the key is kept, else it would depend on the order of events what it says.
  NodeId events(SqlBuilder& sql, NodeId from, const std::vector<Symbol>& partition, const SqlBuilder::Ids& extra = {}) {
    SqlBuilder::Ids items;
    for (const Column& column : columns_) {
      std::string_view name = column.name.text();
      if (name == "_deleted") {
        items.push_back(sql.item(is_delete(sql), column.name));
      } else if (!is_payload_position(name)) {
        items.push_back(sql.column(column.name));
      }
    }
    items.insert(items.end(), extra.begin(), extra.end());
    NodeId first = sql.over(sql.call("row_number", {}), sql.columns({}, partition), last_first(sql));
    return sql.select({.items = items, .from = {from}, .qualify = sql.eq(first, sql.integer(1))});
  }

  NodeId is_delete(SqlBuilder& sql) { return sql.eq(sql.column("_op"), sql.string("d")); }
  SqlBuilder::Ids last_first(SqlBuilder& sql) {
    SqlBuilder::Ids order;
    for (std::string_view name : pipeline::kPositionColumns) order.push_back(sql.desc(sql.column(name)));
    return order;
  }
  bool is_payload(Symbol name) const {
    for (Symbol column : capture_.payload()) {
      if (column == name) return true;
    }
    return false;
  }
  static bool is_payload_position(std::string_view name) {
    for (std::string_view known : kPayloadPosition) {
      if (known == name) return true;
    }
    return false;
  }
  NodeId equal(SqlBuilder& sql, const std::vector<Symbol>& columns, const SqlBuilder::Ids& within) {
    SqlBuilder::Ids equal = within;
    for (Symbol name : columns) equal.push_back(sql.eq(sql.column("t", name), sql.column("s", name)));
    return sql.and_all(equal);
  }
  SqlBuilder::Ids from_source(SqlBuilder& sql, bool with_key) {
    SqlBuilder::Ids values;
    for (Symbol name : names_) {
      if (with_key || !capture_.is_key(name)) values.push_back(sql.assign(name, sql.column("s", name)));
    }
    return values;
  }

  const Capture& capture_;
  const pipeline::Node& node_;
  StepWriter steps_;
  std::vector<Column> columns_;
  std::vector<Symbol> names_;
  Path rows_, log_;
  Ledger ledger_;
};

/// The event of the source is newer than what the table holds; or, `again`, not older.
NodeId counts(SqlBuilder& sql, std::span<const std::string_view> position, bool again) {
  return again ? sql.not_(stands_after(sql, "t", "s", position)) : stands_after(sql, "s", "t", position);
}

/// The last event of each key wins; deleted rows stay as tombstones, so that an older event that comes late changes nothing.
NodeId merge_hard(RowsLowering& rows, SqlBuilder& sql, NodeId events, const Into& into) {
  return sql.merge(
      {.target = sql.table(rows.rows_, "t"),
       .source = sql.query_ref(rows.events(sql, events, rows.capture_.cdc->key), "s"),
       .on = rows.equal(sql, rows.capture_.cdc->key, into.within),
       .clauses = {sql.when(MergeClauseKind::MatchedUpdate, counts(sql, pipeline::kPositionColumns, into.again),
                            rows.from_source(sql, false)),
                   sql.when(MergeClauseKind::NotMatchedInsert, {}, rows.from_source(sql, true))}});
}

/// Two facts of a key, each by its own newest event: what the row last said, and whether it is there.
NodeId merge_soft(RowsLowering& rows, SqlBuilder& sql, NodeId events, const Into& into) {
  const std::vector<Symbol>& key = rows.capture_.cdc->key;
  auto is_row = [&] { return sql.not_(sql.column("_deleted")); };
  // Everything of the last event that is a row, as one value.
  SqlBuilder::Ids last_row;
  for (Symbol name : rows.capture_.payload()) {
    last_row.push_back(sql.string(name));
    last_row.push_back(sql.column(name));
  }
  for (size_t i = 0; i < 3; ++i) {
    last_row.push_back(sql.string(kPayloadPosition[i]));
    last_row.push_back(sql.column(pipeline::kPositionColumns[i]));
  }
  NodeId row = sql.filter(sql.call("max_by", {sql.call("named_struct", last_row), place(sql)}), is_row());
  // Each event once, then one row a key.
  std::vector<Symbol> event = key;
  for (std::string_view name : pipeline::kPositionColumns) event.push_back(Symbol::of(name));
  SqlBuilder::Select select;
  select.items = sql.columns({}, key);
  select.items.push_back(sql.item(row, "last_row"));
  for (const char* name : {"_deleted", "_source_ts", "_seq", "_ord", "_tie"}) {
    select.items.push_back(sql.item(sql.call("max_by", {sql.column(name), place(sql)}), name));
  }
  select.from = {sql.query_ref(rows.events(sql, events, event), "events")};
  select.group = sql.columns({}, key);
  SqlBuilder::Select flat;
  flat.items = sql.columns({}, key);
  for (const Column& column : rows.columns_) {
    std::string_view name = column.name.text();
    if (rows.capture_.is_key(column.name)) continue;
    NodeId value = sql.column(column.name);
    if (rows.is_payload(column.name)) {
      value = sql.field(sql.column("last_row"), column.name);
    } else if (RowsLowering::is_payload_position(name)) {
      value = sql.call("coalesce",
                       {sql.field(sql.column("last_row"), column.name), pipeline::no_position(sql, column.type)});
    }
    flat.items.push_back(sql.item(value, column.name));
  }
  flat.from = {sql.query_ref(sql.select(select), "folded")};

  auto newer_event = [&] { return counts(sql, pipeline::kPositionColumns, into.again); };
  auto newer_payload = [&] { return counts(sql, kPayloadPosition, into.again); };
  SqlBuilder::Ids updates;
  for (const Column& column : rows.columns_) {
    if (rows.capture_.is_key(column.name)) continue;
    bool payload = rows.is_payload(column.name) || RowsLowering::is_payload_position(column.name.text());
    NodeId newer = payload ? newer_payload() : newer_event();
    updates.push_back(
        sql.assign(column.name, sql.case_when({{newer, sql.column("s", column.name)}}, sql.column("t", column.name))));
  }
  NodeId any = sql.or_all({newer_event(), newer_payload()});
  return sql.merge({.target = sql.table(rows.rows_, "t"),
                    .source = sql.query_ref(sql.select(flat), "s"),
                    .on = rows.equal(sql, key, into.within),
                    .clauses = {sql.when(MergeClauseKind::MatchedUpdate, any, updates),
                                sql.when(MergeClauseKind::NotMatchedInsert, {}, rows.from_source(sql, true))}});
}

}  // namespace

void lower_current(const Capture& capture, const pipeline::Node& node, Output& output) {
  bool soft = capture.cdc->deletes == pipeline::Deletes::Soft;
  std::vector<Column> columns = row_columns(capture);
  for (size_t i = 0; soft && i < std::size(kPayloadPosition); ++i) {
    sql::Type type = pipeline::position_type(capture.source->kind, pipeline::kPositionColumns[i]);
    columns.push_back(column(kPayloadPosition[i], type, false, "Position of what the row last said."));
  }
  RowsLowering rows(capture, node, columns, soft ? "soft" : "hard");
  rows.table(fmt::format("The rows of {}, deleted ones among them. Read the view.", node.head.name.text()));
  rows.view([&](Statement& s) {
    SqlBuilder& sql = s.sql;
    SqlBuilder::Select select;
    select.items = sql.columns({}, capture.columns());
    select.from = {sql.table(rows.rows_)};
    select.where = pipeline::is_shown(sql, *capture.cdc);
    if (soft) {
      select.items.push_back(sql.column("_deleted"));
      select.items.push_back(pipeline::deleted_at(sql));
    }
    return sql.select(select);
  });
  rows.run(
      [&](SqlBuilder& sql, NodeId events, const Into& into) {
        return soft ? merge_soft(rows, sql, events, into) : merge_hard(rows, sql, events, into);
      },
      rows.key_range());
  rows.steps_.take(output);
}

void lower_history(const Capture& capture, const pipeline::Node& node, Output& output) {
  RowsLowering rows(capture, node, row_columns(capture), "history");
  rows.table(
      fmt::format("Every state of the rows of {}, one row an event. Read the view.", capture.cdc->head.name.text()));
  const std::vector<Symbol>& key = capture.cdc->key;
  rows.view([&](Statement& s) {
    SqlBuilder& sql = s.sql;
    auto by_key = [&] { return sql.columns({}, key); };
    auto by_time = [&] { return SqlBuilder::Ids{sql.asc(sql.column("_from"))}; };
    // The source's clock may step back between commits: a version never begins before the one that it follows.
    NodeId frame = sql.frame(ast::FrameUnit::Rows, sql.bound(ast::BoundKind::UnboundedPreceding),
                             sql.bound(ast::BoundKind::CurrentRow));
    NodeId from = sql.over(sql.call("max", {sql.column("_source_ts")}), by_key(), in_order(sql), frame);
    SqlBuilder::Ids items = sql.columns({}, capture.columns());
    for (const char* name : {"_deleted", "_seq", "_ord", "_tie"}) items.push_back(sql.column(name));
    items.push_back(sql.item(from, "_from"));
    NodeId moved = sql.select({.items = items, .from = {sql.table(rows.rows_)}});
    // Of several events of one instant the last one is what was true after it.
    SqlBuilder::Ids instant = by_key();
    instant.push_back(sql.column("_from"));
    NodeId last = sql.eq(sql.over(sql.call("row_number", {}), instant, rows.last_first(sql)), sql.integer(1));
    NodeId instants = sql.select({.items = {sql.star()}, .from = {sql.table({"moved"})}, .qualify = last});
    // An event that changes nothing begins no version.
    auto state = [&] {
      SqlBuilder::Ids values{sql.column("_deleted")};
      for (Symbol name : capture.payload()) values.push_back(sql.column(name));
      return sql.call("struct", values);
    };
    NodeId before = sql.over(sql.call("lag", {state()}), by_key(), by_time());
    NodeId changed = sql.select(
        {.items = {sql.star()}, .from = {sql.table({"instants"})}, .qualify = sql.is_distinct(state(), before)});
    auto next = [&](const char* what) { return sql.over(sql.call("lead", {sql.column(what)}), by_key(), by_time()); };
    NodeId closed =
        sql.select({.items = {sql.star(), sql.item(next("_from"), "_to"), sql.item(next("_deleted"), "_gone")},
                    .from = {sql.table({"changed"})}});
    SqlBuilder::Select select;
    select.ctes = {sql.cte("moved", moved), sql.cte("instants", instants), sql.cte("changed", changed),
                   sql.cte("closed", closed)};
    select.items = sql.columns({}, capture.columns());
    select.items.push_back(sql.item(sql.column("_from"), "valid_from"));
    select.items.push_back(sql.item(sql.column("_to"), "valid_to"));
    select.items.push_back(sql.item(sql.is_null(sql.column("_to")), "is_current"));
    select.items.push_back(sql.item(sql.call("coalesce", {sql.column("_gone"), sql.boolean(false)}), "is_deleted"));
    select.from = {sql.table({"closed"})};
    select.where = sql.not_(sql.column("_deleted"));
    return sql.select(select);
  });
  // An event lies near those of its time, in files that were written with it or clustered by its key.
  std::vector<Range> ranges = rows.key_range();
  ranges.push_back(positions());
  rows.run(
      [&](SqlBuilder& sql, NodeId events, const Into& into) {
        std::vector<Symbol> event = key;
        for (std::string_view name : pipeline::kPositionColumns) event.push_back(Symbol::of(name));
        SqlBuilder::Ids clauses;
        if (into.again) clauses.push_back(sql.when(MergeClauseKind::MatchedUpdate, {}, rows.from_source(sql, false)));
        clauses.push_back(sql.when(MergeClauseKind::NotMatchedInsert, {}, rows.from_source(sql, true)));
        return sql.merge({.target = sql.table(rows.rows_, "t"),
                          .source = sql.query_ref(rows.events(sql, events, event), "s"),
                          .on = rows.equal(sql, event, into.within),
                          .clauses = clauses});
      },
      ranges);
  rows.steps_.take(output);
}

}  // namespace pipec::backend::databricks
