#include "databricks/author.h"

#include "databricks/reads.h"
#include "databricks/types.h"

namespace pipec::backend::databricks {

using ast::NodeId;

namespace {

std::vector<Symbol> symbols(const Path& path) {
  std::vector<Symbol> parts;
  for (const ast::Text& part : path) parts.push_back(part.symbol);
  return parts;
}

}  // namespace

print::TypeRef Author::type(sql::Type type) {
  if (type.is_error()) return {};
  return {&types_, type_node(sql_, type)};
}

print::Rewrites& Author::rewrites_of(const ast::Tree& tree, const sql::SideTables& tables) {
  print::Rewrites& into = rewrites_.emplace_back();
  rewrite_reads(
      tree, tables, [this](Symbol name) { return symbols(names_.node(name)); },
      [this](sql::Type of) { return type(of); }, into);
  for (const auto& [node, name] : tables.user_calls) expand(tree, NodeId{node}, name, into);
  return into;
}

void Author::expand(const ast::Tree& tree, NodeId call, Symbol name, print::Rewrites& into) {
  const pipeline::Function* function = lookup_.function(name);
  if (!function || !function->body.tree) return;
  print::Expansion expansion;
  auto [known, fresh] = bodies_.try_emplace(name);
  if (fresh) known->second = expression(function->body);
  expansion.body = bodies_[name];
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

print::Subtree Author::stream(const pipeline::QueryBody& body) {
  print::Rewrites& rewrites = rewrites_of(*body.tree, body.bound->tables);
  for (const auto& [node, name] : body.bound->tables.relations) {
    const pipeline::Node* input = lookup_.node(name);
    // A log forgets its oldest events.
    bool forgets = input && input->kind == pipeline::NodeKind::CdcLog;
    rewrites.streams.emplace(NodeId{node}, print::StreamRead{forgets});
  }
  return {body.tree.get(), body.node, &rewrites};
}

print::Subtree Author::expression(const pipeline::ExpressionBody& body) {
  return {body.tree.get(), body.node, &rewrites_of(*body.tree, body.bound->tables)};
}

}  // namespace pipec::backend::databricks
