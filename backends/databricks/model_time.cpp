// Incremental by time. What has to be built again is queued as grains: all of them at first and when the logic is another,
// later those that changes of the inputs touch. The queue is what a crash leaves for the next run. Grains are built in
// windows: staged, checked, put in the place of the window's rows, taken off the queue.
#include <fmt/format.h>

#include "databricks/evolve.h"
#include "databricks/model.h"
#include "databricks/types.h"

namespace pipec::backend::databricks {

using ast::NodeId;
using ast::SqlBuilder;
using pipeline::StepKind;
using sql::TypeKind;

namespace {

/// Expressions over the time column and its grains.
struct Grains {
  const pipeline::Incremental& incremental;
  Symbol column;
  bool is_date = false;

  NodeId of(SqlBuilder& sql, NodeId time) const {
    if (is_date || is_truncated(sql.tree(), time)) return time;
    return sql.call("date_trunc", {sql.string(incremental.grain), time});
  }
  /// The author's own date_trunc to the same grain.
  bool is_truncated(const ast::Tree& tree, NodeId value) const {
    if (!tree.is<ast::Call>(value)) return false;
    auto call = tree.get<ast::Call>(value);
    auto arguments = tree.list(call.arguments);
    return tree.dotted(call.function).folded().text() == "date_trunc" && arguments.size() == 2 &&
           tree.is<ast::Literal>(arguments[0]) &&
           tree.name(arguments[0]).folded() == Symbol::of(incremental.grain).folded();
  }
  ast::IntervalUnit unit() const {
    return incremental.grain == "HOUR" ? ast::IntervalUnit::Hour : ast::IntervalUnit::Day;
  }
  NodeId start(SqlBuilder& sql) const {
    std::string text = incremental.start.empty() ? "1970-01-01" : incremental.start;
    return is_date ? sql.typed(ast::TypedLiteralKind::Date, text) : sql.typed(ast::TypedLiteralKind::Timestamp, text);
  }
  NodeId next(SqlBuilder& sql, NodeId grain) const {
    return is_date ? sql.call("date_add", {grain, sql.integer(1)})
                   : sql.binary(ast::BinaryOp::Add, grain, sql.interval(1, unit()));
  }
  NodeId previous(SqlBuilder& sql, NodeId grain) const {
    return is_date ? sql.call("date_sub", {grain, sql.integer(1)})
                   : sql.binary(ast::BinaryOp::Subtract, grain, sql.interval(1, unit()));
  }
  NodeId step(SqlBuilder& sql) const { return sql.interval(1, unit()); }
  /// Which batch a grain falls into, counted from the start.
  NodeId batch(SqlBuilder& sql, NodeId grain) const {
    NodeId since = is_date ? sql.call("datediff", {grain, start(sql)})
                           : sql.binary(ast::BinaryOp::Subtract, sql.call("unix_seconds", {grain}),
                                        sql.call("unix_seconds", {start(sql)}));
    int64_t size = is_date ? incremental.batch_grains : incremental.batch_grains * incremental.grain_seconds;
    return sql.binary(ast::BinaryOp::IntDiv, since, sql.integer(size));
  }
  NodeId in_window(SqlBuilder& sql, NodeId time, NodeId again) const {
    return sql.and_all({sql.gt_eq(time, sql.param("window_start")), sql.lt(again, sql.param("window_end"))});
  }
};

}  // namespace

void ModelLowering::by_time() {
  Grains grains{model_.incremental, model_.incremental.columns[0], false};
  pipeline::Column time;
  for (const pipeline::Column& column : node_.columns) {
    if (column.name.folded() == grains.column.folded()) time = column;
  }
  grains.is_date = time.type.is(TypeKind::Date);
  changes_ = std::make_unique<pipeline::Changes>(lookup_, model_);

  target_table({});
  work_table("stage", node_.columns, "The window that is being built.");
  work_table("pending", {with_pii_of(column("grain", time.type), {time})},
             "Grains that have to be built, again or for the first time.");
  ledger_ = std::make_unique<Ledger>(names_, steps_, node_.head.name, marked(model_.incremental.columns, fingerprint()),
                                     inputs_of(lookup_, names_, changes_->inputs()));
  ledger_->bind_versions();

  auto from_start = [&](SqlBuilder& sql) { return sql.gt_eq(sql.column("grain"), grains.start(sql)); };
  auto grain_of_table = [&](SqlBuilder& sql) {
    return sql.select(
        {.items = {sql.item(grains.of(sql, sql.column(grains.column)), "grain")}, .from = {sql.table(target_)}});
  };

  // ---- what to build
  ledger_->for_each_rebuild("rebuild");
  steps_.reads = reads();
  steps_.writes = {work_symbol("pending")};
  steps_.execute("rebuild.queue", [&](Statement& s) {
    SqlBuilder& sql = s.sql;
    NodeId ours = sql.select(
        {.items = {sql.item(grains.of(sql, sql.column("result", grains.column)), "grain")}, .from = {author_query(s)}});
    // Grains of the table that the query no longer fills are built too: as empty ones.
    NodeId both = sql.union_all({ours, grain_of_table(sql)});
    NodeId all = sql.select({.distinct = true,
                             .items = {sql.column("grain")},
                             .from = {sql.query_ref(both, "grains")},
                             .where = from_start(sql)});
    return insert_by_name(sql, ast::InsertMode::Overwrite, pending_, all);
  });
  if (!model_.incremental.start.empty()) {
    steps_.reads.clear();
    steps_.writes = {node_.head.name};
    steps_.execute("rebuild.early", [&](Statement& s) {
      // What was built when the model began earlier.
      return s.sql.delete_from(s.sql.table(target_), s.sql.lt(s.sql.column(grains.column), grains.start(s.sql)));
    });
  }
  ledger_->record("rebuild.held", ledger_->inputs());
  steps_.end_loop();

  queue_changes(
      [&](SqlBuilder& sql, const std::vector<NodeId>& values) {
        return SqlBuilder::Ids{sql.item(grains.of(sql, as_stored(sql, values[0], time)), "grain")};
      },
      from_start,
      [&](const std::string& id) {
        // Changes of inputs that the model ignores are caught as far back as it looks.
        if (model_.incremental.lookback.seconds == 0) return;
        steps_.reads = {node_.head.name};
        steps_.writes = {work_symbol("pending")};
        steps_.execute(fmt::format("{}.lookback", id), [&](Statement& s) {
          SqlBuilder& sql = s.sql;
          NodeId newest = sql.scalar_query(
              sql.select({.items = {sql.call("max", {sql.column(grains.column)})}, .from = {sql.table(target_)}}));
          int64_t units = model_.incremental.lookback.seconds / model_.incremental.grain_seconds;
          NodeId horizon = sql.binary(ast::BinaryOp::Subtract, newest, sql.interval(units, grains.unit()));
          NodeId recent = sql.select({.distinct = true,
                                      .items = {sql.column("grain")},
                                      .from = {sql.query_ref(grain_of_table(sql), "grains")},
                                      .where = sql.gt_eq(sql.column("grain"), horizon)});
          return insert_by_name(sql, ast::InsertMode::Into, pending_, recent);
        });
      });

  // ---- or what somebody asks for
  steps_.reads.clear();
  steps_.writes = {work_symbol("pending")};
  steps_.backfill("backfill.queue", [&](Statement& s) {
    SqlBuilder& sql = s.sql;
    auto moment = [&](std::string_view name) { return sql.cast(sql.param(name), type_node(sql, time.type)); };
    NodeId last = grains.previous(sql, moment("backfill_end"));
    NodeId grain = sql.call("explode", {sql.call("sequence", {moment("backfill_start"), last, grains.step(sql)})});
    NodeId asked = sql.select({.items = {sql.item(grain, "grain")}});
    return insert_by_name(
        sql, ast::InsertMode::Into, pending_,
        sql.select(
            {.items = {sql.column("grain")}, .from = {sql.query_ref(asked, "asked")}, .where = from_start(sql)}));
  });

  // ---- building it
  steps_.reads = {work_symbol("pending")};
  steps_.writes.clear();
  steps_.for_each("windows", [&](Statement& s) {
    SqlBuilder& sql = s.sql;
    NodeId first = sql.call("min", {sql.column("grain")});
    NodeId end = grains.next(sql, sql.call("max", {sql.column("grain")}));
    return sql.select({.items = {sql.item(first, "window_start"), sql.item(end, "window_end")},
                       .from = {sql.table(pending_)},
                       .group = {grains.batch(sql, sql.column("grain"))},
                       .order = {sql.asc(sql.column("window_start"))}});
  });
  steps_.reads = reads();
  steps_.writes = {work_symbol("stage")};
  steps_.execute("stage", [&](Statement& s) {
    SqlBuilder& sql = s.sql;
    SqlBuilder::Select select = contract(s);
    select.where = grains.in_window(sql, sql.column("result", grains.column), sql.column("result", grains.column));
    return insert_by_name(sql, ast::InsertMode::Overwrite, stage_, sql.select(select));
  });
  Audited audited;
  audited.model = node_.head.name;
  audited.rows = stage_;
  audited.reads = {work_symbol("stage")};
  audited.batch_columns = {grains.column};
  audited.kept = [&](Statement& s, const std::vector<Symbol>&) {
    SqlBuilder& sql = s.sql;
    NodeId outside = sql.not_(grains.in_window(sql, sql.column(grains.column), sql.column(grains.column)));
    return sql.query_ref(sql.select({.items = {sql.star()}, .from = {sql.table(target_)}, .where = outside}), "kept");
  };
  add_gates(steps_, lookup_, names_, author_, model_, audited);
  steps_.reads = {work_symbol("stage")};
  steps_.writes = {node_.head.name};
  steps_.execute("publish", [&](Statement& s) {
    SqlBuilder& sql = s.sql;
    NodeId window = grains.in_window(sql, sql.column(grains.column), sql.column(grains.column));
    NodeId rows = sql.select({.items = sql.columns({}, names()), .from = {sql.table(stage_)}});
    return insert_by_name(sql, ast::InsertMode::ReplaceWhere, target_, rows, window);
  });
  steps_.reads.clear();
  steps_.writes = {work_symbol("pending")};
  steps_.execute("built", [&](Statement& s) {
    SqlBuilder& sql = s.sql;
    return sql.delete_from(sql.table(pending_), grains.in_window(sql, sql.column("grain"), sql.column("grain")));
  });
  steps_.end_loop();
}

}  // namespace pipec::backend::databricks
