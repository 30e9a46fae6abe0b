#include "databricks/ledger.h"

#include <algorithm>

#include <fmt/format.h>

#include "databricks/tables.h"
#include "pipeline/table_changes.h"
#include "pipeline/widening.h"

namespace pipec::backend::databricks {

using ast::NodeId;
using ast::SqlBuilder;
using pipeline::StepKind;
using sql::TypeKind;

namespace {

/// A node's name as a parameter's: "bronze.orders" is bronze_orders.
std::string parameter(Symbol node) {
  std::string name(node.text());
  for (char& c : name) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    if (!plain) c = '_';
  }
  return name;
}

std::string seen_name(const Input& input) {
  return "seen_" + input.version;
}

}  // namespace

std::vector<Input> inputs_of(pipeline::Lookup& lookup, const Names& names, const std::vector<Symbol>& nodes) {
  std::vector<Input> inputs;
  for (Symbol name : nodes) {
    const pipeline::Node* node = lookup.node(name);
    if (!node) continue;
    std::string version = parameter(name) + "_version";
    auto taken = [&](const Input& other) { return other.version == version; };
    for (int number = 2; std::any_of(inputs.begin(), inputs.end(), taken); ++number) {
      version = fmt::format("{}_{}_version", parameter(name), number);
    }
    inputs.push_back({name, names.rows(*node), version});
  }
  return inputs;
}

std::string key_mark(const std::vector<Symbol>& columns) {
  std::string mark;
  for (Symbol name : columns) mark += fmt::format("{}{}", mark.empty() ? "" : ", ", name.folded().text());
  return mark;
}

std::string marked(const std::vector<Symbol>& columns, std::string_view fingerprint) {
  return fmt::format("{}:{}", key_mark(columns), fingerprint);
}

void Ledger::create(StepWriter& steps, const Names& names) {
  Table table;
  table.id = "ledger";
  table.path = names.own(kLedger);
  table.description = "What each node holds: the version of each of its inputs, and the logic that it was built by.";
  table.columns = {column("node", TypeKind::String),    column("input", TypeKind::String),
                   column("version", TypeKind::BigInt), column("fingerprint", TypeKind::String),
                   column("run_id", TypeKind::String),  column("recorded_at", TypeKind::Timestamp)};
  table.cluster_by = {Symbol::of("node")};
  create_table(steps, names, table);
}

void Ledger::bind_versions() {
  for (const Input& input : inputs_) {
    steps_.reads = {input.node};
    pipeline::Step& step = steps_.run(StepKind::Bind, fmt::format("version.{}", input.node.text()),
                                      [&](Statement& s) { return pipeline::newest_version(s.sql, input.rows); });
    step.bind = {{"version", input.version}};
  }
  steps_.reads.clear();
}

/// The newest row of the node by input, as columns of one row.
NodeId Ledger::held(Statement& s) {
  SqlBuilder& sql = s.sql;
  auto newest = [&](const char* what) { return sql.call("max_by", {sql.column(what), sql.column("recorded_at")}); };
  SqlBuilder::Select select;
  select.items.push_back(sql.item(newest("fingerprint"), "fingerprint"));
  for (const Input& input : inputs_) {
    NodeId of_input = sql.filter(newest("version"), sql.eq(sql.column("input"), sql.string(input.node)));
    select.items.push_back(sql.item(of_input, seen_name(input)));
  }
  select.from = {sql.table(names_.own(kLedger))};
  select.where = sql.eq(sql.column("node"), sql.string(node_));
  return sql.query_ref(sql.select(select), "held");
}

NodeId Ledger::rebuild_condition(Statement& s, SqlBuilder::Ids extra) {
  SqlBuilder& sql = s.sql;
  SqlBuilder::Ids any{sql.is_distinct(sql.column("held", "fingerprint"), sql.string(fingerprint_))};
  for (const Input& input : inputs_) {
    any.push_back(sql.is_null(sql.column("held", seen_name(input))));
    any.push_back(sql.gt(sql.column("held", seen_name(input)), sql.param(input.version)));
    any.push_back(sql.lt_eq(sql.column("held", seen_name(input)),
                            sql.scalar_query(pipeline::widened_version(sql, names_.own(kLedger), input.node))));
  }
  any.insert(any.end(), extra.begin(), extra.end());
  return sql.or_all(any);
}

void Ledger::for_each_rebuild(std::string id) {
  steps_.reads = {own_name(kLedger)};
  steps_.for_each(std::move(id), [&](Statement& s) {
    NodeId from = held(s);
    return s.sql.select(
        {.items = {s.sql.item(s.sql.boolean(true), "rebuild")}, .from = {from}, .where = rebuild_condition(s, {})});
  });
  steps_.reads.clear();
}

void Ledger::for_each_due(std::string id, bool always) {
  steps_.reads = {own_name(kLedger)};
  steps_.for_each(std::move(id), [&](Statement& s) {
    SqlBuilder& sql = s.sql;
    NodeId from = held(s);
    SqlBuilder::Ids moved;
    for (const Input& input : inputs_) {
      moved.push_back(sql.lt(sql.column("held", seen_name(input)), sql.param(input.version)));
    }
    if (always) moved = {sql.boolean(true)};
    NodeId condition = always ? NodeId{} : rebuild_condition(s, moved);
    return sql.select({.items = {sql.item(sql.boolean(true), "due")}, .from = {from}, .where = condition});
  });
  steps_.reads.clear();
}

void Ledger::for_each_change(std::string id, const Input& input) {
  steps_.reads = {own_name(kLedger)};
  steps_.for_each(std::move(id), [&](Statement& s) {
    SqlBuilder& sql = s.sql;
    NodeId version = sql.call("max_by", {sql.column("version"), sql.column("recorded_at")});
    NodeId mine = sql.and_all(
        {sql.eq(sql.column("node"), sql.string(node_)), sql.eq(sql.column("input"), sql.string(input.node))});
    NodeId inner =
        sql.select({.items = {sql.item(version, "version")}, .from = {sql.table(names_.own(kLedger))}, .where = mine});
    NodeId seen = sql.column("held", "version");
    NodeId next = sql.binary(ast::BinaryOp::Add, sql.column("held", "version"), sql.integer(1));
    return sql.select({.items = {sql.item(seen, "seen_version"), sql.item(next, "first_version")},
                       .from = {sql.query_ref(inner, "held")},
                       .where = sql.lt(sql.column("held", "version"), sql.param(input.version))});
  });
  steps_.reads.clear();
}

void Ledger::record(std::string id, const std::vector<Input>& inputs) {
  steps_.writes = {own_name(kLedger)};
  steps_.execute(std::move(id), [&](Statement& s) {
    SqlBuilder& sql = s.sql;
    auto row = [&](Symbol input, NodeId version) {
      return SqlBuilder::Ids{sql.string(node_),        sql.string(input),   version,
                             sql.string(fingerprint_), sql.param("run_id"), sql.call("current_timestamp", {})};
    };
    std::vector<SqlBuilder::Ids> rows;
    for (const Input& input : inputs) rows.push_back(row(input.node, sql.param(input.version)));
    if (rows.empty()) rows.push_back(row({}, sql.integer(0)));
    SqlBuilder::Insert insert;
    insert.table = sql.table(names_.own(kLedger));
    insert.columns = {"node", "input", "version", "fingerprint", "run_id", "recorded_at"};
    insert.query = sql.values(rows);
    return sql.insert(insert);
  });
  steps_.writes.clear();
}

}  // namespace pipec::backend::databricks
