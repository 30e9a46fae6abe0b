#include "databricks/author.h"

#include "databricks/types.h"

namespace pipec::backend::databricks {

using ast::NodeId;

namespace {

std::vector<Symbol> symbols(const Path& path) {
  std::vector<Symbol> parts;
  for (const ast::Text& part : path) parts.push_back(part.symbol);
  return parts;
}

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

}  // namespace

print::TypeRef Author::type(sql::Type type) {
  if (type.is_error()) return {};
  return {&types_, type_node(sql_, type)};
}

/// `bronze.orders.id` where `bronze.orders` is read: the schema may have another name there, so it is left out, or
/// written as it is there.
void Author::name_columns(const ast::Tree& tree, const sql::SideTables& tables, print::Rewrites& into) {
  for (uint32_t i = 1; i < tree.size(); ++i) {
    NodeId node{i};
    if (!tree.is<ast::ColumnRef>(node) || tree.children(node).size() < 3) continue;
    auto names = tree.children(node);
    Symbol table = qualified(tree.name(names[0]), tree.name(names[1])).folded();
    for (const auto& [relation, read] : tables.relations) {
      if (read != table) continue;
      std::vector<Symbol> path;
      if (is_shared(tables, table)) {
        path = symbols(names_.node(table));
      } else {
        path.push_back(tree.name(names[1]));
      }
      for (NodeId name : names.subspan(2)) path.push_back(tree.name(name));
      into.paths.emplace(node, std::move(path));
      break;
    }
  }
}

std::vector<Symbol> Author::qualifier(const sql::SideTables& tables, const sql::SideTables::StarColumn& column) {
  if (column.qualifier.empty()) return {};
  bool shared = !column.table.empty() && is_shared(tables, column.table);
  return shared ? symbols(names_.node(column.table)) : std::vector<Symbol>{column.qualifier};
}

const print::Rewrites& Author::rewrites_of(const ast::Tree& tree, const sql::SideTables& tables) {
  print::Rewrites& into = rewrites_.emplace_back();
  for (const auto& [node, name] : tables.relations) into.paths.emplace(NodeId{node}, symbols(names_.node(name)));
  for (const auto& [node, columns] : tables.stars) {
    auto& star = into.stars[NodeId{node}];
    for (const auto& column : columns) star.push_back({qualifier(tables, column), column.name});
  }
  auto read_as = [&](const std::vector<sql::SideTables::Aligned::Column>& columns) {
    std::vector<print::Wrapped> side;
    for (const auto& column : columns) {
      side.push_back({column.name, type(column.missing), !column.missing.is_error()});
    }
    return side;
  };
  for (const auto& [node, sides] : tables.aligned) {
    into.aligned.emplace(NodeId{node}, print::Aligned{read_as(sides.left), read_as(sides.right)});
  }
  name_columns(tree, tables, into);
  for (const auto& [node, name] : tables.user_calls) expand(tree, NodeId{node}, name, into);
  return into;
}

void Author::expand(const ast::Tree& tree, NodeId call, Symbol name, print::Rewrites& into) {
  const pipeline::Function* function = lookup_.function(name);
  if (!function || !function->body.tree) return;
  print::Expansion expansion;
  expansion.body = expression(function->body);
  if (!(function->body.bound->type == function->returns)) expansion.cast = type(function->returns);
  auto arguments = tree.list(tree.get<ast::Call>(call).arguments);
  for (size_t i = 0; i < arguments.size() && i < function->params.size(); ++i) {
    size_t at = i;
    NodeId value = arguments[i];
    if (tree.is<ast::NamedArg>(value)) {
      Symbol wanted = tree.name(value).folded();
      for (size_t p = 0; p < function->params.size(); ++p) {
        if (function->params[p].name.folded() == wanted) at = p;
      }
      value = tree.get<ast::NamedArg>(value).value;
    }
    expansion.arguments.push_back({function->params[at].name.folded(), value, false, type(function->params[at].type)});
  }
  into.expansions.emplace(call, std::move(expansion));
}

print::Subtree Author::query(const pipeline::QueryBody& body) {
  return {body.tree.get(), body.node, &rewrites_of(*body.tree, body.bound->tables)};
}

print::Subtree Author::expression(const pipeline::ExpressionBody& body) {
  return {body.tree.get(), body.node, &rewrites_of(*body.tree, body.bound->tables)};
}

}  // namespace pipec::backend::databricks
