#include "pipeline/widening.h"

namespace pipec::pipeline {

using ast::NodeId;
using ast::SqlBuilder;

NodeId widened_version(SqlBuilder& sql, const SqlBuilder::Texts& ledger, Symbol node) {
  NodeId of_node =
      sql.and_all({sql.eq(sql.column("node"), sql.string(kWidened)), sql.eq(sql.column("input"), sql.string(node))});
  NodeId newest =
      sql.item(sql.call("coalesce", {sql.call("max", {sql.column("version")}), sql.integer(-1)}), "version");
  return sql.select({.items = {newest}, .from = {sql.table(ledger)}, .where = of_node});
}

}  // namespace pipec::pipeline
