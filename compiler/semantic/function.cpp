// `function name (params) returns type = expression;`: checked once, at its definition.
#include <algorithm>
#include <set>

#include <fmt/format.h>

#include "ast/walk.h"
#include "semantic/contract.h"
#include "semantic/items.h"
#include "semantic/resolve.h"
#include "semantic/table_functions.h"
#include "sql/coercion.h"
#include "sql/diagnostics.h"
#include "sql/expansion_size.h"

namespace pipec::semantic {

using ast::NodeId;

namespace {

// A default stands for an argument: it is a value of the parameter's type, and names nothing.
void check_default(const Resolving& context, const Reader& reader, NodeId node, Symbol name, sql::Type type) {
  sql::TableInterface nothing;
  nothing.name = context.declaration.name;
  nothing.declaration = context.declaration.key;
  sql::BoundExpression bound =
      sql::bind_expression(context.tree, node, nothing, {reader, context.sink, context.declaration.key});
  if (!bound.ok || bound.type.is_error() || type.is_error()) return;
  if (bound.type == type || (sql::can_coerce(bound.type, type) && bound.type.is_string() == type.is_string())) return;
  context
      .report(diag::ContractType, node,
              fmt::format("`{}` is {}, but its default is {}", name.text(), type.text(), bound.type.text()))
      .help(fmt::format("write a value of that type, or `cast(... as {})`", type.text()));
}

// `clears pii(name)`: what the arguments have of it, the result has not.
std::vector<Symbol> read_clears(const Resolving& context, NodeId annotations, const std::vector<Symbol>& pii) {
  const ast::Tree& tree = context.tree;
  std::vector<Symbol> cleared;
  std::vector<std::string_view> names;
  for (Symbol name : pii) names.push_back(name.text());
  for (NodeId node : tree.list(annotations)) {
    std::string_view what = tree.name(node).text();
    if (!what.starts_with("clears")) continue;
    if (what != "clears pii") {
      context.report(diag::BadWord, node, fmt::format("`{}` is nothing that a function does", what))
          .help("write `clears pii(name)`");
      continue;
    }
    for (NodeId argument : tree.list(tree.get<ast::Annotation>(node).arguments)) {
      NodeId value = tree.get<ast::AnnotationArg>(argument).value;
      Symbol name = text_of(tree, value);
      cleared.push_back(name);
      if (std::find(pii.begin(), pii.end(), name) != pii.end()) continue;
      std::string near = did_you_mean(name.text(), names);
      context.report(diag::UnknownMember, value, fmt::format("no parameter is marked `@pii({})`", name.text()))
          .help(near.empty() ? fmt::format("mark the parameter that holds it: `x string @pii({})`", name.text())
                             : near);
    }
  }
  return cleared;
}

bool has_query(const ast::Tree& tree, NodeId root) {
  return static_cast<bool>(ast::find_below(tree, root, [&](NodeId id) { return tree.is<ast::Query>(id); }));
}

// Tables are taken by what gives a table; a value is made of values.
void check_shape(const Resolving& context, const ast::FunctionDecl& decl) {
  const ast::Tree& tree = context.tree;
  for (NodeId node : tree.list(decl.params)) {
    if (!tree.is<ast::ParamDecl>(node) || tree.op<ast::ParamKind>(node) == ast::ParamKind::Value) continue;
    if (NodeId fallback = tree.get<ast::ParamDecl>(node).fallback) {
      context.report(diag::FunctionShape, fallback, "a table or a column has no default").help("take it out");
    }
    if (!decl.returns) continue;
    context.report(diag::FunctionShape, node, "only a function that `returns table` takes tables and columns")
        .help("write `returns table`, or take a value: `x bigint`");
    return;
  }
  for (NodeId node : tree.list(decl.annotations)) {
    if (decl.returns || !tree.name(node).text().starts_with("clears")) continue;
    context.report(diag::FunctionShape, node, "a function that gives a table clears nothing")
        .help("clear a column by a function of its value");
  }
  if (!decl.returns || !has_query(tree, decl.body)) return;
  context.report(diag::FunctionReads, decl.body, "a function that gives a value cannot read tables")
      .help("take the value as a parameter, or write a function that `returns table`");
}

}  // namespace

void resolve_function(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink) {
  Resolving context{declaration, *declaration.tree, sink};
  const ast::Tree& tree = context.tree;
  auto decl = tree.get<ast::FunctionDecl>(tree.root);
  sql::BindContext bind{reader, sink, declaration.key};

  pipeline::Function function;
  function.head = head_of(context, reader.facts(), decl.annotations);
  sql::FunctionInterface interface;
  interface.name = declaration.name;
  interface.declaration = declaration.key;
  sql::TableInterface parameters;
  parameters.name = declaration.name;
  parameters.declaration = declaration.key;
  std::vector<Symbol> pii;
  std::set<Symbol, ByText> names;
  for (NodeId node : tree.list(decl.params)) {
    if (!tree.is<ast::ParamDecl>(node)) continue;
    auto param = tree.get<ast::ParamDecl>(node);
    bool value = tree.op<ast::ParamKind>(node) == ast::ParamKind::Value;
    sql::Type type = value ? sql::type_of_node(tree, param.type, bind) : sql::Type();
    Symbol name = tree.name(node);
    out.members.emplace(name.folded(), tree[node].span);
    if (!names.insert(name.folded()).second) {
      context.report(diag::DuplicateColumn, node, fmt::format("the parameter `{}` is there twice", name.text()))
          .help("rename one of them");
    }
    for (Symbol kind : pii_of(context, param.annotations)) pii.push_back(kind);
    if (param.fallback && value) check_default(context, reader, param.fallback, name, type);
    function.params.push_back({name, type});
    interface.parameters.push_back({name, type, static_cast<bool>(param.fallback)});
    if (value) parameters.columns.push_back({name, type, true});
  }
  interface.clears = read_clears(context, decl.annotations, pii);
  check_shape(context, decl);
  for (Symbol name : declaration.mentions) {
    const sql::FunctionInterface* called = reader.function(name);
    if (!called) continue;
    interface.depth = std::max(interface.depth, called->depth + 1);
    if (called->broken) interface.broken = true;  // what it is made of was told there
  }
  if (interface.depth > sql::kDeepestExpansion && !interface.broken) {
    context
        .report(
            sql::diag::TooLarge, decl.name,
            fmt::format("`{}` calls functions that call functions, {} deep", declaration.name.text(), interface.depth))
        .help("compute a part of it in a model");
    interface.broken = true;
  }
  if (!decl.returns) {
    check_table_function(context, reader, decl);
    interface.broken = interface.broken || sink.has_errors();
    interface.gives_table = {declaration.tree, declaration.text};
    out.function = std::move(interface);
    return;
  }
  interface.returns = function.returns = sql::type_of_node(tree, decl.returns, bind);
  interface.external = !decl.body;

  if (decl.body && !has_query(tree, decl.body)) {
    auto bound = std::make_shared<sql::BoundExpression>(sql::bind_expression(tree, decl.body, parameters, bind));
    interface.nullable = bound->nullable;
    std::vector<Symbol> own;
    for (const sql::FunctionParameter& parameter : interface.parameters) own.push_back(parameter.name.folded());
    sql::ExpansionSize size = sql::expansion_size(tree, decl.body, own, reader);
    if (size.nodes > sql::kMostExpanded && bound->ok) {
      context
          .report(sql::diag::TooLarge, decl.body,
                  fmt::format("`{}` is longer than pipec takes once it is expanded", declaration.name.text()))
          .help("functions that use each other many times double at each step");
      interface.broken = true;
    }
    interface.expanded = size.nodes;
    interface.uses = std::move(size.uses);
    bool typed = bound->ok && !bound->type.is_error() && !function.returns.is_error();
    if (typed && bound->type != function.returns && !sql::widens(bound->type, function.returns)) {
      context
          .report(diag::ContractType, decl.body,
                  fmt::format("the body gives {}, but `{}` returns {}", bound->type.text(), declaration.name.text(),
                              function.returns.text()))
          .label(context.place(decl.returns), "declared here")
          .help(narrowing_help(bound->type, function.returns));
      interface.returns = {};  // which of the two is meant is not for the callers to say
    }
    function.body = {declaration.tree, decl.body, std::move(bound)};
  }
  out.function = std::move(interface);
  out.functions.push_back(std::move(function));
}

}  // namespace pipec::semantic
