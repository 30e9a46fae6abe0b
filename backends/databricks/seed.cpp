// The rows stand in the statement. It runs when the ledger says that the table was filled from other ones: a run that
// finds the file as it was writes nothing, and nobody who reads the table sees a new version.
#include "databricks/seed.h"

#include "databricks/evolve.h"
#include "databricks/ledger.h"
#include "databricks/tables.h"
#include "databricks/types.h"

namespace pipec::backend::databricks {

using ast::NodeId;
using ast::SqlBuilder;

namespace {

std::string fingerprint_of(const pipeline::Seed& seed, const pipeline::Node& node) {
  Hasher hasher;
  for (const pipeline::Column& column : node.columns) hasher.add(column.name.text()).add(column.type.text());
  for (const pipeline::SeedRow& row : *seed.rows) {
    for (const auto& value : row) hasher.add(uint64_t{value.has_value()}).add(value ? *value : std::string());
  }
  return hasher.finish().hex();
}

NodeId filled(SqlBuilder& sql, const pipeline::Seed& seed, const pipeline::Node& node) {
  std::vector<SqlBuilder::Ids> rows;
  for (const pipeline::SeedRow& row : *seed.rows) {
    SqlBuilder::Ids& values = rows.emplace_back();
    for (const auto& value : row) values.push_back(value ? sql.string(*value) : sql.null());
  }
  SqlBuilder::Ids items;
  SqlBuilder::Texts names;
  for (const pipeline::Column& column : node.columns) {
    names.push_back(column.name);
    items.push_back(sql.item(sql.cast(sql.column(column.name), type_node(sql, column.type)), column.name));
  }
  return sql.select({.items = items, .from = {sql.values_ref(rows, "seed", names)}});
}

}  // namespace

void lower_seed(View& view, const Names& names, Symbol name, Output& output) {
  const pipeline::Seed* seed = view.seed(name);
  const pipeline::Node* node = view.node(name);
  if (!seed || !node || !seed->rows) return;
  StepWriter steps(name, &node->head);
  Table table;
  table.id = "table";
  table.path = names.node(name);
  table.description = node->head.description;
  table.feeds = name;
  table.primary_key = seed->key;
  table.columns = nullable_but(node->columns, seed->key);
  table.follows = true;
  create_table(steps, names, table);
  set_tags(steps, table.path, false, node->head.tags, node->columns);
  Ledger ledger(names, steps, name, fingerprint_of(*seed, *node), {});
  ledger.for_each_rebuild("due");
  steps.writes = {name};
  steps.execute("fill", [&](Statement& s) {
    // VALUES has no form without rows.
    if (seed->rows->empty()) return s.sql.delete_from(s.sql.table(table.path), {});
    return insert_by_name(s.sql, ast::InsertMode::Overwrite, table.path, filled(s.sql, *seed, *node));
  });
  ledger.record("held", {});
  steps.end_loop();
  steps.take(output);
}

}  // namespace pipec::backend::databricks
