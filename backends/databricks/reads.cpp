#include "databricks/reads.h"

#include <fmt/format.h>

#include "pipeline/pipeline.h"

namespace pipec::backend::databricks {

using ast::NodeId;
using sql::SideTables;

namespace {

std::string_view last_word(Symbol name) {
  return name.text().substr(name.text().rfind('.') + 1);
}

/// Two tables of one name in different schemas are read: the last word alone does not say which is meant.
bool is_shared(const sql::SideTables& tables, Symbol table) {
  for (const auto& [node, read] : tables.relations) {
    if (read != table && last_word(read) == last_word(table)) return true;
  }
  return false;
}

/// `bronze.orders.id` and `bronze.orders.*` where `bronze.orders` is read: the schema may have another name there, so it
/// is left out, or written as it is there.
void name_columns(const ast::Tree& tree, const SideTables& tables, const PathOf& path_of, print::Rewrites& into) {
  auto shorten = [&](NodeId node) {
    auto names = tree.children(node);
    Symbol table = Symbol::of(fmt::format("{}.{}", tree.name(names[0]).text(), tree.name(names[1]).text())).folded();
    for (const auto& [relation, read] : tables.relations) {
      if (read != table) continue;
      std::vector<Symbol> path = is_shared(tables, table) ? path_of(table) : std::vector<Symbol>{tree.name(names[1])};
      for (NodeId name : names.subspan(2)) path.push_back(tree.name(name));
      into.paths.emplace(node, std::move(path));
      return;
    }
  };
  for (uint32_t i = 1; i < tree.size(); ++i) {
    NodeId node{i};
    if (tree.is<ast::ColumnRef>(node) && tree.children(node).size() >= 3) shorten(node);
    if (!tree.is<ast::Star>(node)) continue;
    NodeId of = tree.get<ast::Star>(node).qualifier;
    if (of && tree.children(of).size() == 2) shorten(of);
  }
}

std::vector<Symbol> qualifier(const SideTables& tables, const SideTables::StarColumn& column, const PathOf& path_of) {
  if (column.qualifier.empty()) return {};
  bool shared = !column.table.empty() && is_shared(tables, column.table);
  return shared ? path_of(column.table) : std::vector<Symbol>{column.qualifier};
}

std::vector<print::Wrapped> read_as(const std::vector<SideTables::Aligned::Column>& columns,
                                    const TypeNodeOf& type_of) {
  std::vector<print::Wrapped> side;
  for (const auto& column : columns) {
    side.push_back({column.name, type_of(column.missing), !column.missing.is_error()});
  }
  return side;
}

}  // namespace

void rewrite_reads(const ast::Tree& tree, const SideTables& tables, const PathOf& path_of, const TypeNodeOf& type_of,
                   print::Rewrites& into) {
  for (const auto& [node, name] : tables.relations) into.paths.emplace(NodeId{node}, path_of(name));
  for (const auto& [node, columns] : tables.stars) {
    auto& star = into.stars[NodeId{node}];
    for (const auto& column : columns) star.push_back({qualifier(tables, column, path_of), column.name});
  }
  for (const auto& [node, sides] : tables.aligned) {
    into.aligned.emplace(NodeId{node}, print::Aligned{read_as(sides.left, type_of), read_as(sides.right, type_of)});
  }
  name_columns(tree, tables, path_of, into);
}

}  // namespace pipec::backend::databricks
