#include "postgres/load.h"

#include "postgres/table.h"

#include <fmt/format.h>

#include "base/hash.h"
#include "pipeline/captured_rows.h"
#include "pipeline/table_changes.h"
#include "pipeline/widening.h"
#include "print/sql_printer.h"

namespace pipec::backend::postgres {

using ast::NodeId;
using ast::SqlBuilder;
using pipeline::Phase;
using pipeline::StepKind;

namespace {

std::string suffixed(std::string_view name, const std::string& member) {
  return member.empty() ? std::string(name) : fmt::format("{}_{}", name, sha256_hex(member).substr(0, 8));
}

}  // namespace

Load::Load(StepWriter& steps, const Lowered& x, const pipeline::Target& target, std::string member)
    : steps_(steps),
      x_(x),
      names_(x.names),
      path_(pipeline::table_path(target, x.e.source)),
      rows_(pipeline::rows_path(target, x.source)),
      member_(std::move(member)),
      ledger_(pipeline::own_path(target, pipeline::kLedger)),
      newest_(suffixed("to_version", member_)),
      widened_(suffixed("widened_version", member_)),
      stage_(suffixed("pipec_stage", member_)),
      days_(suffixed("pipec_days", member_)) {}

// ---- before the rows
void Load::version() {
  if (names_.source_is_view) return;
  steps_.warehouse(StepKind::Bind, id("version"), [&](SqlBuilder& sql) { return pipeline::newest_version(sql, rows_); })
      .bind = {{"version", newest_}};
  // Behind the version: who asked for it before a deployment that widens the table takes all rows once more than need be.
  if (is_swap()) return;
  steps_
      .warehouse(StepKind::Bind, id("widened"),
                 [&](SqlBuilder& sql) { return pipeline::widened_version(sql, ledger_, x_.source.head.name); })
      .bind = {{"version", widened_}};
}

void Load::lock() {
  // Also where a row to lock is missing.
  execute("lock", [&](SqlBuilder& sql) {
    const NodeId number = sql.call("hashtextextended", {sql.string("pipec:" + names_.target), sql.integer(0)});
    return sql.select({.items = {sql.call("pg_advisory_xact_lock", {number})}});
  });
}

void Load::contract() {
  gate("contract", "contract", [&](SqlBuilder& sql) {
    const NodeId missing = sql.binary(ast::BinaryOp::Subtract, sql.integer(1), sql.count_star());
    const NodeId same = sql.eq(sql.column("contract_hash"), sql.string(names_.contract_hash));
    return sql.select({.items = {sql.item(missing, "failures")},
                       .from = {watermark(sql)},
                       .where = sql.and_all({is_target(sql), same})});
  });
}

void Load::rows() {
  switch (x_.e.mode) {
    case pipeline::ExportMode::Upsert:
      return upsert();
    case pipeline::ExportMode::Swap:
      return swap();
    case pipeline::ExportMode::Replace:
      return replace();
  }
}

// ---- loops
void Load::all_rows() {
  for_each("all", [&](SqlBuilder& sql) {
    return locked(sql, {},
                  sql.or_all({sql.lt(sql.column("last_version"), sql.integer(0)),
                              sql.lt_eq(sql.column("last_version"), sql.param(widened_)),
                              sql.gt(sql.column("last_version"), sql.param(newest_))}));
  });
}

void Load::changes() {
  for_each("changes", [&](SqlBuilder& sql) {
    const NodeId first = sql.binary(ast::BinaryOp::Add, sql.column("last_version"), sql.integer(1));
    return locked(sql, {sql.item(first, "first_version")},
                  sql.and_all({sql.gt_eq(sql.column("last_version"), sql.integer(0)),
                               sql.gt(sql.column("last_version"), sql.param(widened_)),
                               sql.lt(sql.column("last_version"), sql.param(newest_))}));
  });
}

/// Whoever moved it meanwhile did so against the locks: then nothing is kept.
void Load::done(std::string_view load) {
  gate(fmt::format("{}.watermark", load), "watermark", [&](SqlBuilder& sql) {
    const NodeId update = sql.update(
        sql.table({kMetaSchema, kWatermark}),
        {sql.assign("last_version", sql.param("to_version")), sql.assign("loaded_at", sql.call("clock_timestamp", {}))},
        sql.and_all({is_target(sql), sql.eq(sql.column("last_version"), sql.param("from_version"))}));
    const NodeId missing = sql.binary(ast::BinaryOp::Subtract, sql.integer(1), sql.count_star());
    return sql.ddl("with moved as (\n{}\nreturning 1\n)\n{}", update,
                   sql.select({.items = {sql.item(missing, "failures")}, .from = {sql.table({"moved"})}}));
  });
}

// ---- staged rows
void Load::stage(std::string_view load, std::string_view step, std::string_view table, const StepWriter::Build& none) {
  execute(fmt::format("{}.{}", load, step), [&](SqlBuilder& sql) {
    return sql.ddl("create temporary table {} on commit drop as\n{}", sql.name(table), none(sql));
  });
}

/// The columns of the table without its constraints: of a deleted row only the key need be there.
void Load::stage_rows(std::string_view load, bool with_operation) {
  stage(load, "stage", stage_, [&](SqlBuilder& sql) {
    SqlBuilder::Ids columns = sql.columns({}, names_.columns);
    if (with_operation) columns.push_back(sql.item(sql.cast(sql.null(), sql.type("text")), names_.operation));
    return sql.select({.items = columns, .from = {sql.table(names_.table())}, .where = sql.boolean(false)});
  });
}

void Load::copy(std::string_view step, const SqlBuilder::Texts& table, const std::vector<CopiedColumn>& columns,
                const StepWriter::Build& build) {
  pipeline::Step& added =
      steps_.warehouse(StepKind::Copy, id(step), [&](SqlBuilder& sql) { return csv_lines(sql, columns, build(sql)); });
  added.copy_table = print::print_path(table, print::kPostgres);
  for (const CopiedColumn& column : columns) added.copy_columns.emplace_back(column.name.text());
}

std::vector<CopiedColumn> Load::all_columns() const {
  std::vector<CopiedColumn> columns;
  for (const pipeline::Column& column : x_.node.columns)
    columns.push_back({column.name, column.type, vector_of(x_.e, column.name) != nullptr});
  return columns;
}

void Load::copy_all(std::string_view load) {
  copy(fmt::format("{}.copy", load), staged(), all_columns(),
       [&](SqlBuilder& sql) { return pipeline::all_rows(sql, path_, names_.columns); });
}

pipeline::Images Load::images(SqlBuilder& sql) {
  return pipeline::changed_images(sql, print::print_path(rows_, print::kDatabricks), x_.merged, "to_version");
}

/// Without it the planner guesses how many rows came.
void Load::analyze(std::string_view step, const SqlBuilder::Texts& table) {
  execute(step, [&](SqlBuilder& sql) { return sql.ddl("analyze {}", sql.qname(table)); });
}

// ---- parts of statements
NodeId Load::staged_rows(SqlBuilder& sql, NodeId where) {
  return sql.select({.items = sql.columns("s", names_.columns), .from = {sql.table(staged(), "s")}, .where = where});
}
NodeId Load::watermark(SqlBuilder& sql) {
  return sql.table({kMetaSchema, kWatermark});
}
NodeId Load::is_target(SqlBuilder& sql) {
  return sql.eq(sql.column("target"), sql.string(names_.target));
}
NodeId Load::is_operation(SqlBuilder& sql, const char* operation) {
  return sql.eq(sql.column("s", names_.operation), sql.string(operation));
}
NodeId Load::same_key(SqlBuilder& sql) {
  SqlBuilder::Ids equal;
  for (Symbol column : names_.key) equal.push_back(sql.eq(sql.column("t", column), sql.column("s", column)));
  return sql.and_all(equal);
}
/// The watermark's row, if the condition holds: the version that is there, the one to come, `items`.
NodeId Load::locked(SqlBuilder& sql, SqlBuilder::Ids items, NodeId condition) {
  items.insert(items.begin(), sql.item(sql.column("last_version"), "from_version"));
  // Only what several exports load together has a parameter of another name.
  if (newest_ != "to_version" && !names_.source_is_view) items.push_back(sql.item(sql.param(newest_), "to_version"));
  return sql.ddl(
      "{}\nfor update",
      sql.select({.items = items, .from = {watermark(sql)}, .where = sql.and_all({is_target(sql), condition})}));
}

// ---- steps
void Load::execute(std::string_view step, const StepWriter::Build& build) {
  steps_.serving(Phase::Run, StepKind::Execute, id(step), build);
}
void Load::gate(std::string_view step, std::string check, const StepWriter::Build& build) {
  steps_.serving(Phase::Run, StepKind::Gate, id(step), build).check = std::move(check);
}
void Load::for_each(std::string_view step, const StepWriter::Build& build) {
  steps_.serving(Phase::Run, StepKind::ForEach, id(step), build);
  steps_.loop = id(step);
}
std::string Load::id(std::string_view step) const {
  return member_.empty() ? std::string(step) : fmt::format("{}.{}", member_, step);
}

}  // namespace pipec::backend::postgres
