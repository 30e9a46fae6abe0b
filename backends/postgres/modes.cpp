// What each mode does with the rows.
#include <fmt/format.h>

#include "pipeline/table_changes.h"
#include "postgres/load.h"

namespace pipec::backend::postgres {

using ast::NodeId;
using ast::SqlBuilder;
using pipeline::StepKind;

// ---- upsert: rows that are gone are deleted, the others put over those of the same key
void Load::upsert() {
  all_rows();
  stage_rows("all", true);
  copy_all("all");
  analyze("all.analyze", staged());
  if (!x_.e.keep_deleted) {
    execute("all.delete", [&](SqlBuilder& sql) {
      const NodeId there =
          sql.select({.items = {sql.integer(1)}, .from = {sql.table(staged(), "s")}, .where = same_key(sql)});
      return sql.delete_from(sql.table(names_.table(), "t"), sql.not_(sql.exists(there)));
    });
  }
  upsert_staged("all", [](SqlBuilder&) { return NodeId{}; });
  done("all");
  steps_.loop.clear();

  changes();
  stage_rows("changes", true);
  std::vector<CopiedColumn> columns = all_columns();
  columns.push_back({Symbol::of(names_.operation), sql::TypeKind::String});
  copy("changes.copy", staged(), columns, [&](SqlBuilder& sql) {
    return pipeline::table_changes(sql, {images(sql), names_.columns, names_.key, Symbol::of(names_.operation)});
  });
  analyze("changes.analyze", staged());
  if (!x_.e.keep_deleted) {
    execute("changes.delete", [&](SqlBuilder& sql) {
      return sql.delete_from(sql.table(names_.table(), "t"), sql.and_all({is_operation(sql, "d"), same_key(sql)}),
                             {sql.table(staged(), "s")});
    });
  }
  upsert_staged("changes", [&](SqlBuilder& sql) { return is_operation(sql, "u"); });
  done("changes");
  steps_.loop.clear();
}

/// A row that is as it was is not written again.
void Load::upsert_staged(std::string_view load, const StepWriter::Build& which) {
  execute(fmt::format("{}.upsert", load), [&](SqlBuilder& sql) {
    SqlBuilder::Insert parts;
    parts.table = sql.table(names_.table(), "t");
    parts.columns.assign(names_.columns.begin(), names_.columns.end());
    parts.query = staged_rows(sql, which(sql));
    parts.conflict_key.assign(names_.key.begin(), names_.key.end());
    parts.mode = names_.others.empty() ? ast::InsertMode::OnConflictNothing : ast::InsertMode::OnConflictUpdate;
    for (Symbol column : names_.others) parts.assignments.push_back(sql.assign(column, sql.column("excluded", column)));
    if (!names_.others.empty())
      parts.update_where =
          sql.is_distinct(sql.row(sql.columns("t", names_.others)), sql.row(sql.columns("excluded", names_.others)));
    return sql.insert(parts);
  });
}

// ---- swap: all rows into a table of their own
void Load::swap() {
  const SwapNames swap(names_);
  auto call = [&](std::string_view step, const std::string& function) {
    execute(step, [&](SqlBuilder& sql) { return sql.select({.items = {sql.call_in({swap.schema, function}, {})}}); });
  };
  for_each("all", [&](SqlBuilder& sql) {
    // A view does not say whether it changed: it is loaded each time, and its watermark counts the loads.
    if (names_.source_is_view) {
      const NodeId count = sql.binary(ast::BinaryOp::Add, sql.column("last_version"), sql.integer(1));
      return locked(sql, {sql.item(count, "to_version")}, {});
    }
    return locked(sql, {}, sql.differs(sql.column("last_version"), sql.param(newest_)));
  });
  call("all.begin", swap.begin);
  copy("all.copy", {swap.schema, swap.next}, all_columns(),
       [&](SqlBuilder& sql) { return pipeline::all_rows(sql, path_, names_.columns); });
  steps_.last().copy_freeze = true;
  call("all.build", swap.build);
  done("all");
  // Last of all, since readers wait from here to the end of the transaction.
  if (member_.empty()) call("all.publish", swap.publish);
  steps_.loop.clear();
}

void Load::clean() {
  if (!is_swap()) return;
  const SwapNames swap(names_);
  execute("drop_old",
          [&](SqlBuilder& sql) { return sql.select({.items = {sql.call_in({swap.schema, swap.drop_old}, {})}}); });
}

// ---- replace: days of which anything changed are deleted, and come anew
void Load::replace() {
  const Symbol time = x_.e.replace_by;
  const bool is_date = names_.replace_type.is(sql::TypeKind::Date);
  auto insert = [&](std::string_view step) {
    execute(step, [&](SqlBuilder& sql) {
      return sql.insert({.table = sql.table(names_.table()),
                         .columns = {names_.columns.begin(), names_.columns.end()},
                         .query = staged_rows(sql)});
    });
  };
  all_rows();
  stage_rows("all", false);
  copy_all("all");
  execute("all.delete", [&](SqlBuilder& sql) { return sql.delete_from(sql.table(names_.table()), {}); });
  insert("all.insert");
  done("all");
  steps_.loop.clear();

  auto changed_days = [&](SqlBuilder& sql) {
    const NodeId day = is_date ? sql.column(time) : sql.call("date_trunc", {sql.string("DAY"), sql.column(time)});
    const pipeline::Images changed = images(sql);
    return sql.select(
        {.distinct = true, .items = {sql.item(day, "day")}, .from = {changed.from}, .where = changed.seen});
  };
  changes();
  stage_rows("changes", false);
  stage("changes", "stage_days", days_, [&](SqlBuilder& sql) {
    return sql.select({.items = {sql.item(sql.column(time), "day")},
                       .from = {sql.table(names_.table())},
                       .where = sql.boolean(false)});
  });
  copy("changes.days", days(), {{Symbol::of("day"), names_.replace_type}}, changed_days);
  // A day at a time: Spark joins a table with its own changes wrongly, it takes the columns of one for those of the other.
  for_each("changes.each",
           [&](SqlBuilder& sql) { return sql.select({.items = {sql.column("day")}, .from = {sql.table(days())}}); });
  copy("changes.each.copy", staged(), all_columns(), [&](SqlBuilder& sql) {
    const NodeId day = sql.param("day");
    const NodeId end = sql.binary(ast::BinaryOp::Add, sql.param("day"), sql.interval(1, ast::IntervalUnit::Day));
    const NodeId inside = is_date ? sql.eq(sql.column(time), day)
                                  : sql.and_all({sql.gt_eq(sql.column(time), day), sql.lt(sql.column(time), end)});
    return sql.select({.items = sql.columns({}, names_.columns), .from = {sql.table(path_)}, .where = inside});
  });
  steps_.loop = id("changes");
  analyze("changes.analyze", days());
  execute("changes.delete", [&](SqlBuilder& sql) {
    const NodeId at = sql.column("t", time), day = sql.column("d", "day");
    const NodeId end =
        sql.binary(ast::BinaryOp::Add, sql.column("d", "day"), sql.interval(24, ast::IntervalUnit::Hour));
    const NodeId inside =
        is_date ? sql.eq(at, day) : sql.and_all({sql.gt_eq(at, day), sql.lt(sql.column("t", time), end)});
    return sql.delete_from(sql.table(names_.table(), "t"), inside, {sql.table(days(), "d")});
  });
  insert("changes.insert");
  done("changes");
  steps_.loop.clear();
}

}  // namespace pipec::backend::postgres
