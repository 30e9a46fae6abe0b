#include "databricks/cdc_truncate.h"

#include "databricks/tables.h"
#include "pipeline/cdc_columns.h"

namespace pipec::backend::databricks {

using ast::NodeId;
using ast::SqlBuilder;
using sql::TypeKind;

namespace {

constexpr const char* kPurpose = "truncations";
constexpr std::string_view kPlace[] = {"_seq", "_ord"};

NodeId is_sound(SqlBuilder& sql) {
  return sql.and_all({sql.is_null(sql.column("_problem")), Truncations::is_one(sql)});
}

/// What lies after the last truncation before this batch: all that was written earlier has been deleted by it.
NodeId is_since(SqlBuilder& sql) {
  return sql.gt_eq(sql.column("_seq"), sql.param("since"));
}

}  // namespace

Truncations::Truncations(const Capture& capture, const pipeline::Node& log, StepWriter& steps)
    : capture_(capture),
      log_node_(log),
      steps_(steps),
      log_(capture.names.rows(log)),
      truncations_(capture.names.work(log.head.name, kPurpose)) {}

bool Truncations::come_from(const pipeline::Source& source) {
  return source.kind.text() != "sqlserver";
}

NodeId Truncations::is_one(SqlBuilder& sql) {
  return sql.eq(sql.column("_op"), sql.string("t"));
}

NodeId Truncations::is_none(SqlBuilder& sql) {
  return sql.differs(sql.column("_op"), sql.string("t"));
}

Symbol Truncations::own(std::string_view purpose) const {
  return Names::work_symbol(log_node_.head.name, purpose);
}

void Truncations::table() {
  Table table;
  table.id = "truncations_table";
  table.path = truncations_;
  for (std::string_view name : kPlace) {
    table.columns.push_back(column(name, pipeline::position_type(capture_.source->kind, name), false));
  }
  table.columns.push_back(column("_source_ts", TypeKind::Timestamp, false));
  table.columns.push_back(column("_file", TypeKind::String, false));
  table.description =
      "When the source's table was emptied: an event from before that lands later is followed by a delete.";
  create_table(steps_, capture_.names, table);
}

void Truncations::expand(const Path& stage) {
  steps_.reads = {own("stage"), own(kPurpose)};
  steps_.writes = {};
  steps_.for_each(kPurpose, [&](Statement& s) { return found(s.sql, stage); });
  steps_.reads = {own("stage")};
  steps_.writes = {own(kPurpose)};
  steps_.execute("truncations.remember", [&](Statement& s) { return remember(s.sql, stage); });
  steps_.reads = {own(kPurpose), log_node_.head.name};
  steps_.writes = {log_node_.head.name};
  const std::vector<pipeline::Column> columns = pipeline::cdc_log_columns(*capture_.cdc, *capture_.table);
  steps_.execute("truncations.delete", [&](Statement& s) { return deletes(s.sql, columns); });
  steps_.end_loop();
}

/// No row, as nearly always, if none came, and no event of the batch stands before one that is known.
NodeId Truncations::found(SqlBuilder& sql, const Path& stage) const {
  auto first = [&] { return sql.param("first_position"); };
  NodeId known = sql.select({.items = {sql.column("_seq")}, .from = {sql.table(truncations_)}});
  NodeId come = sql.select({.items = {sql.column("_seq")}, .from = {sql.table(stage)}, .where = is_sound(sql)});
  NodeId earlier = sql.filter(sql.call("max", {sql.column("_seq")}), sql.lt(sql.column("_seq"), first()));
  NodeId later = sql.filter(sql.count_star(), sql.gt_eq(sql.column("_seq"), first()));
  return sql.select({.items = {sql.item(sql.call("coalesce", {earlier, sql.integer(-1)}), "since")},
                     .from = {sql.query_ref(sql.union_all({known, come}), "truncations")},
                     .having = sql.gt(later, sql.integer(0))});
}

NodeId Truncations::remember(SqlBuilder& sql, const Path& stage) const {
  SqlBuilder::Ids items, values, on;
  for (std::string_view name : kPlace) {
    items.push_back(sql.column(name));
    values.push_back(sql.assign(name, sql.column("s", name)));
    on.push_back(sql.eq(sql.column("t", name), sql.column("s", name)));
  }
  for (const char* name : {"_source_ts", "_file"}) {
    items.push_back(sql.item(sql.call("min", {sql.column(name)}), name));
    values.push_back(sql.assign(name, sql.column("s", name)));
  }
  NodeId come = sql.select({.items = items,
                            .from = {sql.table(stage)},
                            .where = is_sound(sql),
                            .group = {sql.column("_seq"), sql.column("_ord")}});
  return sql.merge({.target = sql.table(truncations_, "t"),
                    .source = sql.query_ref(come, "s"),
                    .on = sql.and_all(on),
                    .clauses = {sql.when(ast::MergeClauseKind::NotMatchedInsert, {}, values)}});
}

/// Where each key was written. A log that forgets does not reach back for every row: those that stand are known as well.
NodeId Truncations::written(SqlBuilder& sql) const {
  SqlBuilder::Ids items = sql.columns({}, capture_.cdc->key);
  for (std::string_view name : kPlace) items.push_back(sql.column(name));
  NodeId not_deleted = sql.differs(sql.column("_op"), sql.string("d"));
  NodeId logged =
      sql.select({.items = items, .from = {sql.table(log_)}, .where = sql.and_all({not_deleted, is_since(sql)})});
  if (!capture_.cdc->log_retention) return logged;
  SqlBuilder::Ids same = sql.columns({}, capture_.cdc->key);
  for (std::string_view name : kPlace) same.push_back(sql.column(name));
  NodeId stands = sql.not_(sql.column("_deleted"));
  NodeId standing = sql.select({.items = same,
                                .from = {sql.table(capture_.names.below_view(capture_.cdc->head.name))},
                                .where = sql.and_all({stands, is_since(sql)})});
  return sql.union_all({logged, standing});
}

/// Each key with the first truncation after each place where it was written.
NodeId Truncations::ended(SqlBuilder& sql) const {
  SqlBuilder::Ids place = sql.columns("w", capture_.cdc->key);
  for (std::string_view name : kPlace) place.push_back(sql.column("w", name));
  NodeId known = sql.select({.items = {sql.star()}, .from = {sql.table(truncations_)}, .where = is_since(sql)});
  SqlBuilder::Ids items = sql.columns("w", capture_.cdc->key);
  for (const char* name : {"_seq", "_ord", "_source_ts", "_file"}) items.push_back(sql.column("t", name));
  NodeId first =
      sql.over(sql.call("row_number", {}), place, {sql.asc(sql.column("t", "_seq")), sql.asc(sql.column("t", "_ord"))});
  NodeId each = sql.select({.items = items,
                            .from = {sql.join(ast::JoinKind::Inner, sql.query_ref(written(sql), "w"),
                                              sql.query_ref(known, "t"), stands_after(sql, "t", "w", kPlace))},
                            .qualify = sql.eq(first, sql.integer(1))});
  return sql.select({.distinct = true, .items = {sql.star()}, .from = {sql.query_ref(each, "each")}});
}

NodeId Truncations::deletes(SqlBuilder& sql, const std::vector<pipeline::Column>& columns) const {
  SqlBuilder::Ids on{sql.gt_eq(sql.column("t", "_seq"), sql.param("since"))}, values;
  for (std::string_view name : kPlace) on.push_back(sql.eq(sql.column("t", name), sql.column("s", name)));
  for (Symbol name : capture_.cdc->key) on.push_back(sql.eq(sql.column("t", name), sql.column("s", name)));
  for (const pipeline::Column& column : columns) {
    std::string_view name = column.name.text();
    const bool from_truncation = name == "_seq" || name == "_ord" || name == "_source_ts" || name == "_file";
    NodeId value = sql.null();
    if (name == "_op") value = sql.string("d");
    if (name == "_tie") value = sql.integer(0);
    if (name == "_date") value = day_of(sql, sql.column("s", "_source_ts"));
    if (from_truncation || pipeline::is_key_column(*capture_.cdc, column.name)) value = sql.column("s", column.name);
    values.push_back(sql.assign(column.name, value));
  }
  return sql.merge({.target = sql.table(log_, "t"),
                    .source = sql.query_ref(ended(sql), "s"),
                    .on = sql.and_all(on),
                    .clauses = {sql.when(ast::MergeClauseKind::NotMatchedInsert, {}, values)}});
}

}  // namespace pipec::backend::databricks
