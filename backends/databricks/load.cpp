// Files into a table. A file is read once, told by its name, size and time; a crash between any two statements and a
// run again end in the same rows. What cannot be read is set aside or stops the load, before anything is added.
#include "databricks/load.h"

#include <algorithm>

#include <fmt/format.h>

#include "databricks/author.h"
#include "databricks/diagnostics.h"
#include "databricks/evolve.h"
#include "databricks/fetch.h"
#include "databricks/lookup.h"
#include "databricks/tables.h"

namespace pipec::backend::databricks {

using ast::NodeId;
using ast::SqlBuilder;
using pipeline::Column;
using pipeline::Load;
using pipeline::StepKind;
using sql::TypeKind;

namespace {

constexpr const char* kFilesReason = "read_files is a function of Databricks alone";

class LoadLowering {
 public:
  LoadLowering(View& view, const Names& names, const Load& load, const pipeline::Node& node, pipeline::Source source,
               const pipeline::SourceTable& table)
      : lookup_(view),
        view_(view),
        names_(names),
        load_(load),
        node_(node),
        source_(std::move(source)),
        table_(table),
        author_(lookup_, names),
        steps_(node.head.name, &node.head),
        target_(names.node(node.head.name)),
        stage_(work("stage")),
        batch_(work("batch")),
        files_(work("files")) {
    for (const pipeline::SourceColumn& column : table.columns) {
      if (!column.bound) continue;
      for (const auto& [call, function] : column.bound->tables.user_calls) {
        author_.expand(*source_.tree, NodeId{call}, function, rewrites_);
      }
    }
    if (is_service()) files_of_service();
  }

  void lower(Output& output) {
    tables();
    views();
    if (is_service()) steps_.document(StepKind::Fetch, "fetch", fetch_document(view_.target(), source_, table_, load_));
    if (is_personal(node_.columns)) require_reader(steps_, names_);
    new_files();
    batch();
    stage();
    bad_rows();
    if (load_.mode == Load::Mode::Full) {
      replace();
    } else if (load_.merge) {
      merge();
    } else {
      duplicates();
      append();
    }
    remember();
    steps_.end_loop();
    steps_.take(output);
    if (!load_.quarantine.empty()) quarantine_table(output);
  }

 private:
  Path work(std::string_view purpose) const { return names_.work(node_.head.name, purpose); }
  Symbol work_symbol(std::string_view purpose) const { return Names::work_symbol(node_.head.name, purpose); }
  static std::vector<Column> of_file(bool nullable) {
    return {column("_file", TypeKind::String, nullable), column("_size", TypeKind::BigInt, nullable),
            column("_modified", TypeKind::Timestamp, nullable)};
  }

  bool is_service() const { return source_.kind.text() == "rest"; }

  /// What a service answers lies in files like any other, a row a line.
  void files_of_service() {
    source_.format = Symbol::of("json");
    source_.format_options.clear();
    source_.path = fmt::format("{}/*.json", fetched_folder(view_.target(), load_));
  }

  // ---- tables
  void tables() {
    Table target;
    target.id = "table";
    target.path = target_;
    target.columns = nullable_but(node_.columns, {});
    for (Column& own : of_file(false)) target.columns.push_back(std::move(own));
    target.partition_by = load_.partition_columns;
    target.description = node_.head.description;
    target.feeds = node_.head.name;
    target.follows = true;
    create_table(steps_, names_, target);
    set_tags(steps_, target_, false, node_.head.tags, node_.columns);

    Table stage;
    stage.id = "stage_table";
    stage.path = stage_;
    stage.columns = node_.columns;
    for (Column& own : of_file(true)) stage.columns.push_back(std::move(own));
    for (const char* whole : {"_row", "_problem"}) {
      stage.columns.push_back(with_pii_of(column(whole, TypeKind::String, true), node_.columns));
    }
    for (Column& own : stage.columns) {
      own.nullable = true;
      own.description.clear();
    }
    stage.description = "The rows of the last files.";
    stage.follows = true;
    create_table(steps_, names_, stage);

    Table batch;
    batch.id = "batch_table";
    batch.path = batch_;
    batch.columns = of_file(false);
    batch.description = "The files that are being read: others may come meanwhile.";
    create_table(steps_, names_, batch);

    Table files;
    files.id = "files_table";
    files.path = files_;
    files.columns = of_file(false);
    files.columns.push_back(column("run_id", TypeKind::String));
    files.description = "Files whose rows are in the table.";
    create_table(steps_, names_, files);
  }

  void quarantine_table(Output& output) {
    const pipeline::Node* node = view_.node(load_.quarantine);
    if (!node) return;
    StepWriter steps(load_.quarantine, &node->head);
    Table table;
    table.id = "table";
    table.path = names_.node(load_.quarantine);
    for (const Column& own : node->columns) {
      const bool of_row = own.type.is(TypeKind::String) && own.name.text() != "file";
      table.columns.push_back(of_row ? with_pii_of(own, node_.columns) : own);
    }
    table.description = node->head.description;
    table.feeds = load_.quarantine;
    table.follows = true;
    create_table(steps, names_, table);
    steps.take(output);
  }

  /// What lies there: the one place where the platform's own function is needed.
  void views() {
    auto add = [&](const char* name, const std::function<SqlBuilder::Select(SqlBuilder&)>& query) {
      steps_
          .migrate(name,
                   [&](Statement& s) {
                     SqlBuilder::Create create;
                     create.flags = ast::kOrReplace;
                     create.name = s.sql.qname(work(name));
                     create.query = s.sql.select(query(s.sql));
                     return s.sql.create_view(create);
                   })
          .platform_only = kFilesReason;
    };
    add("listing", [&](SqlBuilder& sql) {
      NodeId how = sql.tree().add(ast::NodeKind::NamedArg, {sql.string("binaryFile")}, Symbol::of("format"));
      SqlBuilder::Select select;
      select.items = {sql.item(sql.column("_metadata", "file_path"), "_file"), sql.item(sql.column("length"), "_size"),
                      sql.item(sql.column("modificationTime"), "_modified")};
      select.from = {sql.table_function("read_files", {sql.string(file_pattern(view_.target(), source_)), how})};
      return select;
    });
    add("lines", [&](SqlBuilder& sql) {
      SqlBuilder::Select select;
      for (const FileColumn& column : file_columns(source_, table_)) select.items.push_back(sql.column(column.name));
      select.items.push_back(sql.column("_rescued"));
      select.items.push_back(sql.item(sql.column("_metadata", "file_path"), "_file"));
      select.items.push_back(sql.item(sql.column("_metadata", "file_size"), "_size"));
      select.items.push_back(sql.item(sql.column("_metadata", "file_modification_time"), "_modified"));
      select.from = {read_files(sql, view_.target(), source_, table_)};
      return select;
    });
  }

  // ---- run
  NodeId same_file(SqlBuilder& sql, const char* a, const char* b) {
    SqlBuilder::Ids same;
    for (std::string_view name : kFileColumns) same.push_back(sql.eq(sql.column(a, name), sql.column(b, name)));
    return sql.and_all(same);
  }

  /// Files that were not read yet.
  NodeId unread(SqlBuilder& sql) {
    return sql.join(ast::JoinKind::LeftAnti, sql.table(work("listing"), "f"), sql.table(files_, "r"),
                    same_file(sql, "f", "r"));
  }

  void new_files() {
    steps_.reads = {work_symbol("listing"), work_symbol("files")};
    steps_.for_each("new_files", [&](Statement& s) {
      SqlBuilder& sql = s.sql;
      auto one = [&](NodeId from) {
        return sql.select({.items = {sql.item(sql.count_star(), "files")}, .from = {from}});
      };
      NodeId changed = one(unread(sql));
      if (load_.mode == Load::Mode::Full) {
        // A file that is gone takes its rows with it.
        NodeId gone = sql.join(ast::JoinKind::LeftAnti, sql.table(files_, "r"), sql.table(work("listing"), "f"),
                               same_file(sql, "f", "r"));
        changed = sql.union_all({changed, one(gone)});
      }
      NodeId total = sql.call("sum", {sql.column("files")});
      return sql.select({.items = {sql.item(total, "files")},
                         .from = {sql.query_ref(changed, "changed")},
                         .having = sql.gt(sql.call("sum", {sql.column("files")}), sql.integer(0))});
    });
  }

  void batch() {
    steps_.writes = {work_symbol("batch")};
    steps_.execute("batch", [&](Statement& s) {
      SqlBuilder& sql = s.sql;
      NodeId from = load_.mode == Load::Mode::Full ? sql.table(work("listing"), "f") : unread(sql);
      return overwrite(sql, batch_, sql.select({.items = file_items(sql, "f"), .from = {from}}));
    });
  }

  void stage() {
    steps_.reads = {work_symbol("lines"), work_symbol("batch")};
    steps_.writes = {work_symbol("stage")};
    steps_.execute("stage", [&](Statement& s) {
      SqlBuilder& sql = s.sql;
      SqlBuilder::Select read;
      SqlBuilder::Ids values, row;
      for (const FileColumn& column : file_columns(source_, table_)) {
        read.items.push_back(sql.column("f", column.name));
        row.push_back(sql.column("f", column.name));
      }
      for (const char* name : {"_rescued", "_file", "_size", "_modified"}) read.items.push_back(sql.column("f", name));
      read.items.push_back(sql.item(sql.call("to_json", {sql.call("struct", row)}), "_row"));
      for (const pipeline::SourceColumn& column : table_.columns) {
        values.push_back(sql.string(column.column.name));
        values.push_back(read_value(s, rewrites_, source_, column));
      }
      read.items.push_back(sql.item(sql.call("named_struct", values), "_read"));
      read.from = {sql.join(ast::JoinKind::LeftSemi, sql.table(work("lines"), "f"), sql.table(batch_, "b"),
                            same_file(sql, "f", "b"))};
      SqlBuilder::Select select;
      for (const pipeline::SourceColumn& column : table_.columns) {
        select.items.push_back(sql.item(sql.column("_read", column.column.name), column.column.name));
      }
      for (const char* name : {"_file", "_size", "_modified", "_row"}) select.items.push_back(sql.column(name));
      std::vector<std::pair<NodeId, NodeId>> problems{
          {sql.is_not_null(sql.column("_rescued")),
           sql.call("concat", {sql.string("not as declared: "), sql.column("_rescued")})}};
      for (const pipeline::SourceColumn& column : table_.columns) {
        for (auto& problem : value_problems(s, rewrites_, source_, column)) problems.push_back(problem);
      }
      select.items.push_back(sql.item(sql.case_when(problems), "_problem"));
      select.from = {sql.query_ref(sql.select(read), "rows")};
      return insert_by_name(sql, ast::InsertMode::Overwrite, stage_, sql.select(select));
    });
    steps_.reads = {work_symbol("stage")};
    steps_.writes.clear();
  }

  NodeId overwrite(SqlBuilder& sql, const Path& table, NodeId query) {
    SqlBuilder::Insert insert;
    insert.mode = ast::InsertMode::Overwrite;
    insert.table = sql.table(table);
    insert.query = query;
    return sql.insert(insert);
  }

  void bad_rows() {
    if (load_.bad_rows.text() == "quarantine") {
      steps_.writes = {load_.quarantine};
      steps_.execute("quarantine", [&](Statement& s) { return quarantine(s.sql); });
      steps_.writes.clear();
    }
    bool limited = load_.bad_rows.empty() || load_.bad_rows.text() == "fail" || load_.bad_rows_percent > 0;
    if (!limited) return;
    pipeline::Step& gate = steps_.run(StepKind::Gate, "bad_rows", [&](Statement& s) {
      SqlBuilder& sql = s.sql;
      auto bad = [&] { return sql.call("count", {sql.column("_problem")}); };
      NodeId share = sql.binary(ast::BinaryOp::Multiply, bad(), sql.integer(100));
      NodeId most = sql.binary(ast::BinaryOp::Multiply, sql.count_star(), sql.integer(load_.bad_rows_percent));
      NodeId failures = sql.case_when({{sql.gt(share, most), bad()}}, sql.integer(0));
      return sql.select({.items = {sql.item(failures, "failures")}, .from = {sql.table(stage_)}});
    });
    gate.check = "bad_rows";
  }

  NodeId quarantine(SqlBuilder& sql) {
    SqlBuilder::Select rows;
    rows.distinct = true;
    rows.items = {sql.item(sql.column("_row"), "row"), sql.item(sql.column("_problem"), "reason"),
                  sql.item(sql.column("_file"), "file")};
    rows.from = {sql.table(stage_)};
    rows.where = sql.is_not_null(sql.column("_problem"));
    SqlBuilder::Ids same, values;
    for (const char* name : {"row", "reason", "file"}) {
      same.push_back(sql.null_safe_eq(sql.column("t", name), sql.column("s", name)));
      values.push_back(sql.assign(name, sql.column("s", name)));
    }
    values.push_back(sql.assign("found_at", sql.call("current_timestamp", {})));
    return sql.merge({.target = sql.table(names_.node(load_.quarantine), "t"),
                      .source = sql.query_ref(sql.select(rows), "s"),
                      .on = sql.and_all(same),
                      .clauses = {sql.when(ast::MergeClauseKind::NotMatchedInsert, {}, values)}});
  }

  // ---- from the stage into the table
  std::vector<Symbol> apart() const {
    return load_.duplicates_on.empty() ? column_names(node_.columns) : load_.duplicates_on;
  }

  SqlBuilder::Ids stored(SqlBuilder& sql, ast::Text qualifier) {
    std::vector<Symbol> names = column_names(node_.columns);
    for (std::string_view name : kFileColumns) names.push_back(Symbol::of(name));
    return sql.columns(qualifier, names);
  }

  NodeId first_of_each(SqlBuilder& sql) {
    SqlBuilder::Ids order{sql.asc(sql.column("s", "_modified")), sql.asc(sql.column("s", "_file"))};
    return sql.eq(sql.over(sql.call("row_number", {}), sql.columns("s", apart()), order), sql.integer(1));
  }

  void duplicates() {
    if (load_.duplicates.text() != "fail") return;
    pipeline::Step& gate = steps_.run(StepKind::Gate, "duplicates", [&](Statement& s) {
      SqlBuilder& sql = s.sql;
      NodeId fresh = sql.select({.items = sql.columns({}, apart()),
                                 .from = {sql.table(stage_)},
                                 .where = sql.is_null(sql.column("_problem"))});
      NodeId known = sql.select({.items = sql.columns("t", apart()), .from = {others(sql)}});
      NodeId twice = sql.select({.items = sql.columns({}, apart()),
                                 .from = {sql.query_ref(sql.union_all({fresh, known}), "rows")},
                                 .group = sql.columns({}, apart()),
                                 .having = sql.gt(sql.count_star(), sql.integer(1))});
      return sql.select({.items = {sql.item(sql.count_star(), "failures")}, .from = {sql.query_ref(twice, "twice")}});
    });
    gate.check = "duplicates";
  }

  /// Rows of the table that are of other files than the stage's.
  NodeId others(SqlBuilder& sql) {
    return sql.join(ast::JoinKind::LeftAnti, sql.table(target_, "t"), sql.table(batch_, "n"), same_file(sql, "t", "n"));
  }

  static SqlBuilder::Ids file_items(SqlBuilder& sql, ast::Text qualifier) {
    std::vector<Symbol> names;
    for (std::string_view name : kFileColumns) names.push_back(Symbol::of(name));
    return sql.columns(qualifier, names);
  }

  void append() {
    steps_.reads = {work_symbol("stage"), node_.head.name};
    steps_.writes = {node_.head.name};
    steps_.execute("append", [&](Statement& s) {
      SqlBuilder& sql = s.sql;
      // A run that died behind this statement must not add the files once more.
      NodeId there = sql.select({.distinct = true, .items = file_items(sql, {}), .from = {sql.table(target_)}});
      NodeId from = sql.join(ast::JoinKind::LeftAnti, sql.table(stage_, "s"), sql.query_ref(there, "d"),
                             same_file(sql, "s", "d"));
      SqlBuilder::Select select;
      if (load_.duplicates.text() == "drop") {
        SqlBuilder::Ids same;
        for (Symbol name : apart()) same.push_back(sql.null_safe_eq(sql.column("s", name), sql.column("t", name)));
        from = sql.join(ast::JoinKind::LeftAnti, from, sql.table(target_, "t"), sql.and_all(same));
        select.qualify = first_of_each(sql);
      }
      select.items = stored(sql, "s");
      select.from = {from};
      select.where = sql.is_null(sql.column("s", "_problem"));
      return insert_by_name(sql, ast::InsertMode::Into, target_, sql.select(select));
    });
  }

  /// The last answer about each key; what was answered earlier never takes the place of what was answered later.
  void merge() {
    steps_.reads = {work_symbol("stage"), node_.head.name};
    steps_.writes = {node_.head.name};
    steps_.execute("merge", [&](Statement& s) {
      SqlBuilder& sql = s.sql;
      SqlBuilder::Ids order{sql.desc(sql.column("_modified")), sql.desc(sql.column("_file"))};
      SqlBuilder::Select last;
      last.items = stored(sql, {});
      last.from = {sql.table(stage_)};
      last.where = sql.is_null(sql.column("_problem"));
      last.qualify = sql.eq(sql.over(sql.call("row_number", {}), sql.columns({}, load_.key), order), sql.integer(1));
      SqlBuilder::Ids same, differs, values;
      for (Symbol name : load_.key) same.push_back(sql.eq(sql.column("t", name), sql.column("s", name)));
      for (const Column& column : node_.columns) {
        differs.push_back(sql.is_distinct(sql.column("t", column.name), sql.column("s", column.name)));
      }
      std::vector<Symbol> names = column_names(node_.columns);
      for (std::string_view name : kFileColumns) names.push_back(Symbol::of(name));
      for (Symbol name : names) values.push_back(sql.assign(name, sql.column("s", name)));
      NodeId newer =
          sql.and_all({sql.gt_eq(sql.column("s", "_modified"), sql.column("t", "_modified")), sql.or_all(differs)});
      return sql.merge({.target = sql.table(target_, "t"),
                        .source = sql.query_ref(sql.select(last), "s"),
                        .on = sql.and_all(same),
                        .clauses = {sql.when(ast::MergeClauseKind::MatchedUpdate, newer, values),
                                    sql.when(ast::MergeClauseKind::NotMatchedInsert, {}, values)}});
    });
  }

  void replace() {
    steps_.writes = {node_.head.name};
    steps_.execute("replace", [&](Statement& s) {
      SqlBuilder& sql = s.sql;
      SqlBuilder::Select select;
      select.items = stored(sql, "s");
      select.from = {sql.table(stage_, "s")};
      select.where = sql.is_null(sql.column("s", "_problem"));
      if (load_.duplicates.text() == "drop") select.qualify = first_of_each(sql);
      return insert_by_name(sql, ast::InsertMode::Overwrite, target_, sql.select(select));
    });
  }

  void remember() {
    bool full = load_.mode == Load::Mode::Full;
    steps_.reads = {work_symbol("batch")};
    steps_.writes = {work_symbol("files")};
    steps_.execute("read", [&](Statement& s) {
      SqlBuilder& sql = s.sql;
      SqlBuilder::Ids items = file_items(sql, {});
      items.push_back(sql.param("run_id"));
      NodeId query = sql.select({.items = items, .from = {sql.table(batch_)}});
      if (full) return overwrite(sql, files_, query);
      SqlBuilder::Insert insert;
      insert.table = sql.table(files_);
      insert.query = query;
      return sql.insert(insert);
    });
    steps_.reads.clear();
    steps_.writes.clear();
  }

  ViewLookup lookup_;
  View& view_;
  const Names& names_;
  const Load& load_;
  const pipeline::Node& node_;
  pipeline::Source source_;
  const pipeline::SourceTable& table_;
  Author author_;
  StepWriter steps_;
  Path target_, stage_, batch_, files_;
  print::Rewrites rewrites_;  // of the columns' expressions
};

const pipeline::SourceTable* table_of(const pipeline::Source& source, const Load& load) {
  for (const pipeline::SourceTable& table : source.tables) {
    if (table.name == load.table_name && table.schema == load.table_schema) return &table;
  }
  return nullptr;
}

}  // namespace

void lower_load(View& view, const Names& names, Symbol name, Output& output) {
  const Load* load = view.load(name);
  const pipeline::Node* node = view.node(name);
  const pipeline::Source* source = load ? view.source(load->source) : nullptr;
  const pipeline::SourceTable* table = source ? table_of(*source, *load) : nullptr;
  if (node && table) LoadLowering(view, names, *load, *node, *source, *table).lower(output);
}

void check_load(const pipeline::Pipeline& pipeline, const Load& load, Sink& sink) {
  const pipeline::Source* source = pipeline.source(load.source);
  const pipeline::SourceTable* table = source ? table_of(*source, load) : nullptr;
  if (!table || (source->kind.text() != "files" && source->kind.text() != "rest")) return;
  Place place = Place::of_member(load.head.declaration, {});
  if (!table->parent.empty()) {
    sink.report(diag::LoadForm, place,
                fmt::format("`{}` is asked for, or lies, within `{}`, and such resources cannot be loaded yet",
                            table->name.text(), table->parent.text()))
        .help(
            "take the load out; a list can be loaded with its row as `array<struct<...>>` and taken apart in a model");
  }
  std::string_view format = source->format.text();
  if (source->kind.text() == "files" && format != "csv" && format != "json" && format != "parquet") {
    sink.report(diag::LoadForm, Place::of_member(source->head.declaration, {}),
                fmt::format("files of the format `{}` cannot be loaded yet", format))
        .help("have them written as csv, json or parquet");
  }
  if (!load.tiers.empty() || load.retain) {
    sink.report(diag::LoadForm, place, "a table that is loaded from files has no `tier` and no `retain` yet")
        .help("take them out, and delete old rows in the files' folder and in a model that reads the table");
  }
  if (!load.partition_by.empty()) {
    sink.report(diag::LoadForm, place,
                fmt::format("a loaded table has no partitions by `{}` of a time yet", load.partition_by.text()))
        .help("write `partition by (column)`, or nothing: files are skipped by the statistics of their columns");
  }
  for (const pipeline::SourceColumn& column : table->columns) {
    std::string_view name = column.column.name.folded().text();
    static constexpr std::string_view kMore[] = {"_row", "_problem", "_rescued", "_read"};
    bool own = std::find(std::begin(kFileColumns), std::end(kFileColumns), name) != std::end(kFileColumns) ||
               std::find(std::begin(kMore), std::end(kMore), name) != std::end(kMore);
    if (!own) continue;
    sink.report(diag::ReservedColumn, place, fmt::format("`{}` is a name of pipec's own in a loaded table", name))
        .help("give the column another name, and its name in the file behind `from`");
  }
}

}  // namespace pipec::backend::databricks
