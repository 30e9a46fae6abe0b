// Incremental by key. Keys that have to be built again are queued; their rows are staged, checked and merged: keys that the
// query no longer gives leave the table.
#include <algorithm>

#include <fmt/format.h>

#include "databricks/evolve.h"
#include "databricks/model.h"
#include "databricks/range.h"
#include "databricks/types.h"

namespace pipec::backend::databricks {

using ast::MergeClauseKind;
using ast::NodeId;
using ast::SqlBuilder;

namespace {

constexpr const char* kPresent = "pipec_present";  // in the merge's source: the query gives the key

std::string unique_name(const std::vector<Symbol>& columns) {
  std::string name = "unique";
  for (Symbol column : columns) name += fmt::format("__{}", column.folded().text());
  return name;
}

}  // namespace

void ModelLowering::by_key() {
  const std::vector<pipeline::Column> key_columns = columns_of_key();
  const std::vector<Symbol> keys = column_names(key_columns);
  changes_ = std::make_unique<pipeline::Changes>(lookup_, model_);

  target_table(keys);
  work_table("stage", node_.columns, "The rows that are being built.");
  work_table("pending", key_columns, "Keys whose rows have to be built, again or for the first time.");
  ledger_ = std::make_unique<Ledger>(names_, steps_, node_.head.name, marked(model_.incremental.columns, fingerprint()),
                                     inputs_of(lookup_, names_, changes_->inputs()));
  ledger_->bind_versions();

  // ---- what to build
  ledger_->for_each_rebuild("rebuild");
  steps_.reads = reads();
  steps_.writes = {work_symbol("pending")};
  steps_.execute("rebuild.queue", [&](Statement& s) {
    SqlBuilder& sql = s.sql;
    NodeId ours = sql.select({.items = sql.columns("result", keys), .from = {author_query(s)}});
    NodeId theirs = sql.select({.items = sql.columns({}, keys), .from = {sql.table(target_)}});
    NodeId all = sql.select({.distinct = true,
                             .items = sql.columns({}, keys),
                             .from = {sql.query_ref(sql.union_all({ours, theirs}), "keys")}});
    return insert_by_name(sql, ast::InsertMode::Overwrite, pending_, all);
  });
  ledger_->record("rebuild.held", ledger_->inputs());
  steps_.end_loop();

  queue_changes(
      [&](SqlBuilder& sql, const std::vector<NodeId>& values) {
        SqlBuilder::Ids items;
        for (size_t i = 0; i < values.size(); ++i) {
          items.push_back(sql.item(as_stored(sql, values[i], key_columns[i]), keys[i]));
        }
        return items;
      },
      [&](SqlBuilder& sql) {
        SqlBuilder::Ids known;
        for (Symbol name : keys) known.push_back(sql.is_not_null(sql.column(name)));
        return sql.and_all(known);
      },
      [](const std::string&) {});

  // ---- building it
  for_each_batch();
  steps_.reads = reads();
  steps_.reads.push_back(work_symbol("pending"));
  steps_.writes = {work_symbol("stage")};
  steps_.execute("stage", [&](Statement& s) {
    SqlBuilder& sql = s.sql;
    SqlBuilder::Select select = contract(s);
    select.from = {sql.join(ast::JoinKind::LeftSemi, select.from[0], sql.table(pending_, "pending"),
                            same_key(sql, keys, "result", "pending"))};
    // What the join says already, in words that leave out files of the inputs.
    SqlBuilder::Ids within;
    for (const Range& range : key_range()) range.hold(sql, "result", within);
    select.where = sql.and_all(within);
    return insert_by_name(sql, ast::InsertMode::Overwrite, stage_, sql.select(select));
  });
  audit_keys(keys);
  publish_keys(keys);
  steps_.end_loop();
}

std::vector<pipeline::Column> ModelLowering::columns_of_key() const {
  std::vector<pipeline::Column> columns;
  for (Symbol name : model_.incremental.columns) {
    for (const pipeline::Column& column : node_.columns) {
      if (column.name.folded() == name.folded()) columns.push_back(column);
    }
  }
  return columns;
}

NodeId ModelLowering::same_key(SqlBuilder& sql, const std::vector<Symbol>& keys, const char* a, const char* b) {
  SqlBuilder::Ids equal;
  for (Symbol name : keys) equal.push_back(sql.eq(sql.column(a, name), sql.column(b, name)));
  return sql.and_all(equal);
}

std::vector<Range> ModelLowering::key_range() const {
  const pipeline::Column first = columns_of_key().front();
  if (!can_be_parameter(first.type)) return {};
  return {{first.name, "key"}};
}

void ModelLowering::for_each_batch() {
  steps_.reads = {work_symbol("pending")};
  steps_.writes.clear();
  steps_.for_each("batch", [&](Statement& s) {
    SqlBuilder& sql = s.sql;
    SqlBuilder::Ids items{sql.item(sql.count_star(), "keys")};
    for (const Range& range : key_range()) range.ask(sql, items);
    return sql.select(
        {.items = items, .from = {sql.table(pending_)}, .having = sql.gt(sql.count_star(), sql.integer(0))});
  });
}

/// What is expected of the rows in the stage, and of those of other keys beside them.
void ModelLowering::audit_keys(const std::vector<Symbol>& keys) {
  Audited audited;
  audited.model = node_.head.name;
  audited.rows = stage_;
  audited.reads = {work_symbol("stage")};
  audited.batch_columns = keys;
  audited.kept = [&](Statement& s, const std::vector<Symbol>&) {
    SqlBuilder& sql = s.sql;
    NodeId from = sql.join(ast::JoinKind::LeftAnti, sql.table(target_, "t"), sql.table(pending_, "p"),
                           same_key(sql, keys, "t", "p"));
    return sql.query_ref(sql.select({.items = {sql.star()}, .from = {from}}), "kept");
  };
  // Two rows of one key would make the merge fail half-way through a run.
  std::string unique = unique_name(keys);
  bool expected = std::any_of(model_.expects.begin(), model_.expects.end(),
                              [&](const auto& expect) { return expect.name.text() == unique; });
  if (!expected) add_unique_gate(steps_, audited, keys, unique, pipeline::GatePolicy::Block);
  add_gates(steps_, lookup_, names_, author_, model_, audited);
}

/// The keys that were pending get the rows of the stage; those without one leave the table.
void ModelLowering::publish_keys(const std::vector<Symbol>& keys) {
  auto is_key = [&](Symbol name) { return std::find(keys.begin(), keys.end(), name) != keys.end(); };
  steps_.reads = {work_symbol("stage"), work_symbol("pending")};
  steps_.writes = {node_.head.name};
  steps_.execute("publish", [&](Statement& s) {
    SqlBuilder& sql = s.sql;
    NodeId wanted = sql.select({.distinct = true, .items = sql.columns({}, keys), .from = {sql.table(pending_)}});
    SqlBuilder::Select source;
    source.items = sql.columns("p", keys);
    SqlBuilder::Ids updates, inserts, differs;
    for (Symbol name : keys) inserts.push_back(sql.assign(name, sql.column("s", name)));
    for (const pipeline::Column& column : node_.columns) {
      if (is_key(column.name)) continue;
      source.items.push_back(sql.column("b", column.name));
      updates.push_back(sql.assign(column.name, sql.column("s", column.name)));
      inserts.push_back(sql.assign(column.name, sql.column("s", column.name)));
      differs.push_back(is_comparable(column.type)
                            ? sql.is_distinct(sql.column("t", column.name), sql.column("s", column.name))
                            : sql.boolean(true));
    }
    source.items.push_back(sql.item(sql.is_not_null(sql.column("b", keys[0])), kPresent));
    source.from = {sql.join(ast::JoinKind::Left, sql.query_ref(wanted, "p"), sql.table(stage_, "b"),
                            same_key(sql, keys, "p", "b"))};
    SqlBuilder::Merge merge;
    merge.target = sql.table(target_, "t");
    merge.source = sql.query_ref(sql.select(source), "s");
    SqlBuilder::Ids same;
    for (const Range& range : key_range()) range.hold(sql, "t", same);
    same.push_back(same_key(sql, keys, "t", "s"));
    merge.on = sql.and_all(same);
    merge.clauses = {sql.when(MergeClauseKind::MatchedDelete, sql.not_(sql.column("s", kPresent)))};
    if (!updates.empty()) {
      merge.clauses.push_back(sql.when(MergeClauseKind::MatchedUpdate, sql.or_all(differs), updates));
    }
    merge.clauses.push_back(sql.when(MergeClauseKind::NotMatchedInsert, sql.column("s", kPresent), inserts));
    return sql.merge(merge);
  });
  steps_.reads.clear();
  steps_.writes = {work_symbol("pending")};
  steps_.execute("built", [&](Statement& s) { return s.sql.delete_from(s.sql.table(pending_), s.sql.boolean(true)); });
}

}  // namespace pipec::backend::databricks
