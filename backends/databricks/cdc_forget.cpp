#include "databricks/cdc_forget.h"

#include "pipeline/table_changes.h"

namespace pipec::backend::databricks {

using ast::NodeId;
using ast::SqlBuilder;
using pipeline::StepKind;

namespace {

class Forgetting {
 public:
  Forgetting(const Capture& capture, const pipeline::Node& log) : capture_(capture), log_(log) {}

  /// A row if there is something to forget, and all is held.
  NodeId due(SqlBuilder& sql) const {
    return sql.select({.items = {sql.item(sql.count_star(), "events")},
                       .from = {sql.table(path())},
                       .where = expired(sql),
                       .having = sql.and_all({sql.gt(sql.count_star(), sql.integer(0)), is_held(sql)})});
  }

  NodeId expired(SqlBuilder& sql) const {
    constexpr int64_t kDay = 86400;
    const int64_t seconds = capture_.cdc->log_retention->seconds;
    NodeId age = seconds % kDay == 0 ? sql.interval(seconds / kDay, ast::IntervalUnit::Day)
                                     : sql.interval(seconds, ast::IntervalUnit::Second);
    NodeId oldest = sql.binary(ast::BinaryOp::Subtract, sql.call("current_timestamp", {}), age);
    return sql.lt(sql.column("_date"), day_of(sql, oldest));
  }

  Path path() const { return capture_.names.rows(log_); }

 private:
  /// As many of those that are made from the log have seen its newest version as there are.
  NodeId is_held(SqlBuilder& sql) const {
    SqlBuilder::Ids readers{sql.string(capture_.cdc->head.name)};
    if (capture_.cdc->history) readers.push_back(sql.string(*capture_.cdc->history));
    const auto count = static_cast<int64_t>(readers.size());
    NodeId of_log = sql.and_all(
        {sql.eq(sql.column("input"), sql.string(log_.head.name)), sql.in_list(sql.column("node"), readers)});
    NodeId newest = sql.call("max_by", {sql.column("version"), sql.column("recorded_at")});
    NodeId seen = sql.select({.items = {sql.item(newest, "version")},
                              .from = {sql.table(capture_.names.own(kLedger))},
                              .where = of_log,
                              .group = {sql.column("node")}});
    NodeId up_to_date = sql.select({.items = {sql.count_star()},
                                    .from = {sql.query_ref(seen, "seen")},
                                    .where = sql.gt_eq(sql.column("seen", "version"), sql.param("log_version"))});
    return sql.eq(sql.scalar_query(up_to_date), sql.integer(count));
  }

  const Capture& capture_;
  const pipeline::Node& log_;
};

}  // namespace

void forget(const Capture& capture, const pipeline::Node& log, StepWriter& steps) {
  if (!capture.cdc->log_retention) return;
  const Forgetting forgetting(capture, log);
  steps.reads = {log.head.name};
  steps
      .run(StepKind::Bind, "log.version",
           [&](Statement& s) { return pipeline::newest_version(s.sql, forgetting.path()); })
      .bind = {{"version", "log_version"}};
  steps.reads = {log.head.name, own_name(kLedger)};
  steps.for_each("expired", [&](Statement& s) { return forgetting.due(s.sql); });
  steps.reads = {log.head.name};
  steps.writes = {log.head.name};
  steps.execute("forget", [&](Statement& s) {
    return s.sql.delete_from(s.sql.table(forgetting.path()), forgetting.expired(s.sql));
  });
  steps.writes.clear();
  steps.end_loop();
}

}  // namespace pipec::backend::databricks
