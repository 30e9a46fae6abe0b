// The copy: the warehouse is asked for its newest version; then, in one transaction of the serving database,
// the watermark is locked, rows come in by COPY, are put in their place, and the watermark moves.
#include <fmt/format.h>

#include "pipeline/table_changes.h"
#include "postgres/lower.h"
#include "print/sql_printer.h"

namespace pipec::backend::postgres {

using ast::NodeId;
using ast::SqlBuilder;
using pipeline::Phase;
using pipeline::StepKind;

namespace {

/// The path as Databricks spells it, to stand in a string.
std::string spelled(const SqlBuilder::Texts& path) {
  std::string text;
  for (const ast::Text& part : path)
    text += fmt::format("{}{}", text.empty() ? "" : ".", print::print_identifier(part.symbol, print::kDatabricks));
  return text;
}

class RunLowering {
 public:
  RunLowering(StepWriter& steps, const ExportNames& names, const pipeline::Export& e, const pipeline::Target& target)
      : steps_(steps), names_(names), path_(pipeline::table_path(target, e.source)) {}

  void run() {
    steps_.warehouse(StepKind::Bind, "version", [&](SqlBuilder& sql) { return pipeline::newest_version(sql, path_); })
        .bind = {{"version", "to_version"}};
    steps_.transaction = "load";
    execute("limits", [&](SqlBuilder& sql) {
      auto setting = [&](const char* name, const char* value) {
        return sql.call("set_config", {sql.string(name), sql.string(value), sql.boolean(true)});
      };
      return sql.select({.items = {setting("lock_timeout", "3s"), setting("statement_timeout", "10min"),
                                   setting("idle_in_transaction_session_timeout", "10min")}});
    });
    // One writer a target, also where a row to lock is missing.
    execute("lock", [&](SqlBuilder& sql) {
      const NodeId number = sql.call("hashtextextended", {sql.string("pipec:" + names_.target), sql.integer(0)});
      return sql.select({.items = {sql.call("pg_advisory_xact_lock", {number})}});
    });
    gate("contract", "contract", [&](SqlBuilder& sql) {
      const NodeId missing = sql.binary(ast::BinaryOp::Subtract, sql.integer(1), sql.count_star());
      const NodeId same = sql.eq(sql.column("contract_hash"), sql.string(names_.contract_hash));
      return sql.select({.items = {sql.item(missing, "failures")},
                         .from = {watermark(sql)},
                         .where = sql.and_all({is_target(sql), same})});
    });
    load_all();
    load_changes();
  }

 private:
  // ---- all rows: at first, after a change of the contract, or where the source was made anew and counts
  // from 0 again
  void load_all() {
    for_each("all", [&](SqlBuilder& sql) {
      return locked(sql, {sql.item(sql.column("last_version"), "from_version")},
                    sql.or_all({sql.lt(sql.column("last_version"), sql.integer(0)),
                                sql.gt(sql.column("last_version"), sql.param("to_version"))}));
    });
    stage("all");
    copy("all", names_.columns, [&](SqlBuilder& sql) { return pipeline::all_rows(sql, path_, names_.columns); });
    analyze("all");
    execute("all.delete", [&](SqlBuilder& sql) {
      const NodeId staged =
          sql.select({.items = {sql.integer(1)}, .from = {sql.table(names_.stage(), "s")}, .where = same_key(sql)});
      return sql.delete_from(sql.table(names_.table(), "t"), sql.not_(sql.exists(staged)));
    });
    upsert("all", [](SqlBuilder&) { return NodeId{}; });
    move_watermark("all");
    steps_.loop.clear();
  }

  // ---- what changed since the last time; nothing new: no row, and nothing is done
  void load_changes() {
    for_each("changes", [&](SqlBuilder& sql) {
      const NodeId first = sql.binary(ast::BinaryOp::Add, sql.column("last_version"), sql.integer(1));
      return locked(sql, {sql.item(sql.column("last_version"), "from_version"), sql.item(first, "first_version")},
                    sql.and_all({sql.gt_eq(sql.column("last_version"), sql.integer(0)),
                                 sql.lt(sql.column("last_version"), sql.param("to_version"))}));
    });
    stage("changes");
    std::vector<Symbol> staged = names_.columns;
    staged.push_back(Symbol::of(names_.operation));
    copy("changes", staged, [&](SqlBuilder& sql) {
      return pipeline::table_changes(sql, {spelled(path_), names_.columns, names_.key, Symbol::of(names_.operation)});
    });
    analyze("changes");
    execute("changes.delete", [&](SqlBuilder& sql) {
      return sql.delete_from(sql.table(names_.table(), "t"), sql.and_all({is_operation(sql, "d"), same_key(sql)}),
                             {sql.table(names_.stage(), "s")});
    });
    upsert("changes", [&](SqlBuilder& sql) { return is_operation(sql, "u"); });
    move_watermark("changes");
    steps_.loop.clear();
  }

  // ---- parts
  /// The columns of the table without its constraints: of a deleted row only the key need be there.
  void stage(std::string_view load) {
    execute(fmt::format("{}.stage", load), [&](SqlBuilder& sql) {
      SqlBuilder::Ids columns = sql.columns({}, names_.columns);
      columns.push_back(sql.item(sql.cast(sql.null(), sql.type("text")), names_.operation));
      const NodeId none =
          sql.select({.items = columns, .from = {sql.table(names_.table())}, .where = sql.boolean(false)});
      return sql.ddl("create temporary table {} on commit drop as\n{}", sql.name(kStage), none);
    });
  }

  void copy(std::string_view load, const std::vector<Symbol>& columns, const StepWriter::Build& build) {
    pipeline::Step& step = steps_.warehouse(StepKind::Copy, fmt::format("{}.copy", load), build);
    step.copy_table = fmt::format("pg_temp.{}", print::print_identifier(Symbol::of(kStage), print::kPostgres));
    for (Symbol column : columns) step.copy_columns.emplace_back(column.text());
  }

  /// Without it the planner guesses how many rows came.
  void analyze(std::string_view load) {
    execute(fmt::format("{}.analyze", load),
            [&](SqlBuilder& sql) { return sql.ddl("analyze {}", sql.qname(names_.stage())); });
  }

  /// A row that is as it was is not written again.
  void upsert(std::string_view load, const StepWriter::Build& which) {
    execute(fmt::format("{}.upsert", load), [&](SqlBuilder& sql) {
      SqlBuilder::Insert parts;
      parts.table = sql.table(names_.table(), "t");
      parts.columns.assign(names_.columns.begin(), names_.columns.end());
      parts.query = sql.select(
          {.items = sql.columns("s", names_.columns), .from = {sql.table(names_.stage(), "s")}, .where = which(sql)});
      parts.conflict_key.assign(names_.key.begin(), names_.key.end());
      parts.mode = names_.others.empty() ? ast::InsertMode::OnConflictNothing : ast::InsertMode::OnConflictUpdate;
      for (Symbol column : names_.others)
        parts.assignments.push_back(sql.assign(column, sql.column("excluded", column)));
      if (!names_.others.empty())
        parts.update_where =
            sql.is_distinct(sql.row(sql.columns("t", names_.others)), sql.row(sql.columns("excluded", names_.others)));
      return sql.insert(parts);
    });
  }

  /// Whoever moved it meanwhile did so against the locks: then nothing is kept.
  void move_watermark(std::string_view load) {
    gate(fmt::format("{}.watermark", load), "watermark", [&](SqlBuilder& sql) {
      const NodeId update =
          sql.update(sql.table({kMetaSchema, kWatermark}),
                     {sql.assign("last_version", sql.param("to_version")),
                      sql.assign("loaded_at", sql.call("clock_timestamp", {}))},
                     sql.and_all({is_target(sql), sql.eq(sql.column("last_version"), sql.param("from_version"))}));
      const NodeId missing = sql.binary(ast::BinaryOp::Subtract, sql.integer(1), sql.count_star());
      return sql.ddl("with moved as (\n{}\nreturning 1\n)\n{}", update,
                     sql.select({.items = {sql.item(missing, "failures")}, .from = {sql.table({"moved"})}}));
    });
  }

  NodeId watermark(SqlBuilder& sql) { return sql.table({kMetaSchema, kWatermark}); }
  NodeId is_target(SqlBuilder& sql) { return sql.eq(sql.column("target"), sql.string(names_.target)); }
  NodeId is_operation(SqlBuilder& sql, const char* operation) {
    return sql.eq(sql.column("s", names_.operation), sql.string(operation));
  }
  NodeId same_key(SqlBuilder& sql) {
    SqlBuilder::Ids equal;
    for (Symbol column : names_.key) equal.push_back(sql.eq(sql.column("t", column), sql.column("s", column)));
    return sql.and_all(equal);
  }
  NodeId locked(SqlBuilder& sql, const SqlBuilder::Ids& items, NodeId condition) {
    return sql.ddl(
        "{}\nfor update",
        sql.select({.items = items, .from = {watermark(sql)}, .where = sql.and_all({is_target(sql), condition})}));
  }

  void execute(std::string id, const StepWriter::Build& build) {
    steps_.serving(Phase::Run, StepKind::Execute, std::move(id), build);
  }
  void gate(std::string id, std::string check, const StepWriter::Build& build) {
    steps_.serving(Phase::Run, StepKind::Gate, std::move(id), build).check = std::move(check);
  }
  void for_each(std::string id, const StepWriter::Build& build) {
    steps_.serving(Phase::Run, StepKind::ForEach, id, build);
    steps_.loop = std::move(id);
  }

  StepWriter& steps_;
  const ExportNames& names_;
  const SqlBuilder::Texts path_;
};

}  // namespace

void lower_export_run(StepWriter& steps, const ExportNames& names, const pipeline::Export& e,
                      const pipeline::Target& target) {
  RunLowering(steps, names, e, target).run();
}

}  // namespace pipec::backend::postgres
