// A program in Python: the orchestrator's process reads rows from the warehouse, gives them to the program, and puts what it
// yields into the stage, as JSON; from there on it is checked and published like any model.
#include <algorithm>

#include <fmt/format.h>

#include "backend/secrets.h"
#include "base/hash.h"
#include "databricks/diagnostics.h"
#include "databricks/evolve.h"
#include "databricks/model.h"
#include "databricks/types.h"

namespace pipec::backend::databricks {

using ast::NodeId;
using ast::SqlBuilder;
using pipeline::StepKind;
using pipeline::TableUse;

namespace {

const pipeline::Column* find_column(const std::vector<pipeline::Column>& columns, Symbol name) {
  auto found = std::find_if(columns.begin(), columns.end(),
                            [&](const pipeline::Column& column) { return column.name.folded() == name.folded(); });
  return found == columns.end() ? nullptr : &*found;
}

std::vector<pipeline::Column> columns_read(const pipeline::Node& table, const TableUse& use) {
  if (use.columns.empty()) return table.columns;
  std::vector<pipeline::Column> columns;
  for (Symbol name : use.columns) {
    if (const pipeline::Column* found = find_column(table.columns, name)) columns.push_back(*found);
  }
  return columns;
}

/// `array<struct<...>>`, as from_json wants it said.
std::string type_text(sql::Type type) {
  ast::Tree tree;
  SqlBuilder sql(tree);
  return printed(tree, type_node(sql, type), nullptr);
}

std::string rows_type(const std::vector<pipeline::Column>& columns) {
  ast::Tree tree;
  SqlBuilder sql(tree);
  SqlBuilder::Ids fields;
  for (const pipeline::Column& column : columns) {
    fields.push_back(sql.ddl("{}: {}", sql.column(column.name), type_node(sql, column.type)));
  }
  return printed(tree, sql.ddl("array<struct<{}>>", sql.list(fields)), nullptr);
}

/// What JSON has no form for, or Spark reads from none.
bool is_given(sql::Type type) {
  if (type.is_interval() || type.is(sql::TypeKind::Variant) || type.is(sql::TypeKind::Void)) return false;
  if (type.is(sql::TypeKind::Array)) return is_given(type.element());
  if (type.is(sql::TypeKind::Map)) return type.key().is(sql::TypeKind::String) && is_given(type.value());
  if (!type.is(sql::TypeKind::Struct)) return true;
  return std::all_of(type.fields().begin(), type.fields().end(),
                     [](const sql::StructFieldType& field) { return is_given(field.type); });
}

bool has_columns(const pipeline::Node& table, const TableUse& use, const std::vector<Symbol>& names) {
  const std::vector<pipeline::Column> columns = columns_read(table, use);
  return std::all_of(names.begin(), names.end(), [&](Symbol name) { return find_column(columns, name); });
}

}  // namespace

void check_program(const pipeline::Pipeline& pipeline, const pipeline::Program& program, const pipeline::Node& node,
                   const std::vector<Symbol>& key, Sink& sink) {
  for (const pipeline::Column& column : node.columns) {
    if (is_given(column.type)) continue;
    sink.report(diag::ProgramForm, Place::of_member(node.head.declaration, column.name),
                fmt::format("no program can give a value of the type {}", column.type.text()))
        .help("declare a `string` here, and make the value of it in a model that reads this table");
  }
  pipeline::PipelineLookup lookup(pipeline);
  for (Symbol input : key.empty() ? std::vector<Symbol>{} : pipeline::physical_inputs(lookup, node)) {
    const pipeline::Model* model = pipeline.model(input);
    if (!model || !pipeline::is_kept_by_platform(model->materialization)) continue;
    sink.report(diag::ProgramForm, Place::of_member(node.head.declaration, {}),
                fmt::format("nothing says which rows of `{}` have changed: the platform keeps it", input.text()))
        .help("read what it is made of, or take `incremental by key` out");
  }
  const bool is_mapped = std::any_of(program.reads.begin(), program.reads.end(), [&](const TableUse& use) {
    const pipeline::Node* table = pipeline.node(use.table);
    return table && has_columns(*table, use, key);
  });
  if (key.empty() || is_mapped) return;
  sink.report(diag::ProgramForm, Place::of_member(node.head.declaration, {}),
              fmt::format("nothing that is read has the key of `{}`, so nobody knows which rows are missing",
                          node.head.name.text()))
      .help("read a table with the columns of the key under the same names, or take `incremental by key` out");
}

void ModelLowering::by_program() {
  const std::vector<Symbol> keys = column_names(columns_of_key());
  target_table(keys);
  work_table("stage", node_.columns, "The rows that the program gave, while they are checked.");
  ledger_ = std::make_unique<Ledger>(names_, steps_, node_.head.name, marked(model_.incremental.columns, fingerprint()),
                                     inputs_of(lookup_, names_, versioned_inputs()));
  if (keys.empty()) {
    ledger_->bind_versions();
    ledger_->for_each_due("due", reads_kept());
    call_program(keys);
    audit_and_publish_all();
    ledger_->record("held", ledger_->inputs());
    steps_.end_loop();
    return;
  }
  work_table("pending", columns_of_key(), "Keys whose rows have to be asked for, again or for the first time.");
  ledger_->bind_versions();
  ledger_->for_each_rebuild("rebuild");
  queue_all_keys("rebuild.queue");
  ledger_->record("rebuild.held", ledger_->inputs());
  steps_.end_loop();
  for (const Input& input : ledger_->inputs()) {
    std::string id = fmt::format("changes.{}", input.node.text());
    ledger_->for_each_change(id, input);
    auto use = std::find_if(model_.program.reads.begin(), model_.program.reads.end(),
                            [&](const TableUse& use) { return use.table == input.node; });
    // What a change of a table without the key touches, only the program knows.
    const bool is_mapped = use != model_.program.reads.end() && has_key(*use);
    if (is_mapped) {
      queue_keys_of(fmt::format("{}.queue", id), *use);
    } else {
      queue_all_keys(fmt::format("{}.queue", id));
    }
    ledger_->record(fmt::format("{}.held", id), {input});
    steps_.end_loop();
  }
  for_each_batch();
  call_program(keys);
  only_asked_keys(keys);
  audit_keys(keys);
  publish_keys(keys);
  steps_.end_loop();
}

bool ModelLowering::has_key(const TableUse& use) {
  const pipeline::Node* table = lookup_.node(use.table);
  if (!table || model_.incremental.columns.empty()) return false;
  return has_columns(*table, use, model_.incremental.columns);
}

/// `from` has the rows of `table`, as "t".
NodeId ModelLowering::keys_in(SqlBuilder& sql, const pipeline::Node& table, NodeId from) {
  SqlBuilder::Ids items, known;
  for (const pipeline::Column& column : columns_of_key()) {
    const pipeline::Column* there = find_column(table.columns, column.name);
    NodeId value = sql.column("t", column.name);
    const bool is_same = there && there->type == column.type;
    items.push_back(is_same ? value : sql.item(sql.cast(value, type_node(sql, column.type)), column.name));
    known.push_back(sql.is_not_null(sql.column("t", column.name)));
  }
  return sql.select({.distinct = true, .items = items, .from = {from}, .where = sql.and_all(known)});
}

void ModelLowering::queue_all_keys(const std::string& id) {
  steps_.reads = reads();
  steps_.writes = {work_symbol("pending")};
  steps_.execute(id, [&](Statement& s) {
    SqlBuilder& sql = s.sql;
    SqlBuilder::Ids parts{keys_in(sql, node_, sql.table(target_, "t"))};
    for (const TableUse& use : model_.program.reads) {
      if (!has_key(use)) continue;
      parts.push_back(keys_in(sql, *lookup_.node(use.table), sql.table(names_.node(use.table), "t")));
    }
    return insert_by_name(sql, ast::InsertMode::Into, pending_, sql.union_all(parts));
  });
}

void ModelLowering::queue_keys_of(const std::string& id, const TableUse& use) {
  steps_.reads = {use.table};
  steps_.writes = {work_symbol("pending")};
  steps_.execute(id, [&](Statement& s) {
    pipeline::Changes::Use changed;
    changed.node = use.table;
    changed.alias = Symbol::of("t");
    changed.changed = true;
    changed.columns = column_names(columns_read(*lookup_.node(use.table), use));
    NodeId keys = keys_in(s.sql, *lookup_.node(use.table), input_relation(s.sql, changed));
    return insert_by_name(s.sql, ast::InsertMode::Into, pending_, keys);
  });
}

void ModelLowering::call_program(const std::vector<Symbol>& keys) {
  steps_.reads.clear();
  steps_.writes = {work_symbol("stage")};
  steps_.execute("stage.empty",
                 [&](Statement& s) { return s.sql.delete_from(s.sql.table(stage_), s.sql.boolean(true)); });
  auto called = std::make_shared<pipeline::Called>();
  for (size_t i = 0; i < model_.program.reads.size(); ++i) {
    const TableUse& use = model_.program.reads[i];
    called->inputs.push_back(fmt::format("read_{}.{}", i + 1, use.table.text()));
    read_input(called->inputs.back(), use, keys);
  }
  called->function = model_.program.function;
  called->path = steps_.beside("program.py", *model_.program.text);
  called->sha256 = sha256_hex(*model_.program.text);
  for (const pipeline::Column& column : node_.columns) {
    called->columns.push_back({std::string(column.name.text()), type_text(column.type), column.nullable});
  }
  for (Symbol secret : model_.program.secrets) {
    called->secrets.emplace(secret.text(), reference_of_secret(secret));
  }
  steps_.reads = reads();
  steps_.writes = {work_symbol("stage")};
  pipeline::Step& step = steps_.run(StepKind::Program, "program", [&](Statement& s) {
    SqlBuilder& sql = s.sql;
    // A text that is no such row must stop the run: in any other mode it would become a row of NULLs.
    NodeId mode = sql.call("map", {sql.string("mode"), sql.string("FAILFAST")});
    NodeId rows = sql.call("from_json", {sql.param("rows"), sql.string(rows_type(node_.columns)), mode});
    return insert_by_name(sql, ast::InsertMode::Into, stage_, sql.select({.items = {sql.call("inline", {rows})}}));
  });
  step.program = std::move(called);
}

/// A row of any other key would be lost on the way into the table.
void ModelLowering::only_asked_keys(const std::vector<Symbol>& keys) {
  steps_.reads = {work_symbol("stage"), work_symbol("pending")};
  steps_.writes.clear();
  pipeline::Step& gate = steps_.run(StepKind::Gate, "asked_keys", [&](Statement& s) {
    SqlBuilder& sql = s.sql;
    NodeId from = sql.join(ast::JoinKind::LeftAnti, sql.table(stage_, "s"), sql.table(pending_, "p"),
                           same_key(sql, keys, "s", "p"));
    return sql.select({.items = {sql.item(sql.count_star(), "failures")}, .from = {from}});
  });
  gate.check = "asked_keys";
}

/// Of a table that has the key the rows of pending keys, of any other all.
void ModelLowering::read_input(const std::string& id, const TableUse& use, const std::vector<Symbol>& keys) {
  steps_.reads = {use.table};
  steps_.writes.clear();
  steps_.run(StepKind::Read, id, [&](Statement& s) {
    SqlBuilder& sql = s.sql;
    NodeId from = sql.table(names_.node(use.table), "t");
    if (has_key(use)) {
      from = sql.join(ast::JoinKind::LeftSemi, from, sql.table(pending_, "p"), same_key(sql, keys, "t", "p"));
    }
    SqlBuilder::Ids items;
    for (const pipeline::Column& column : columns_read(*lookup_.node(use.table), use)) {
      items.push_back(sql.column("t", column.name));
    }
    return sql.select({.items = items, .from = {from}});
  });
}

}  // namespace pipec::backend::databricks
