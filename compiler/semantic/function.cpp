// `function name (params) returns type = expression;`: checked once, at its definition.
#include <fmt/format.h>

#include "semantic/items.h"
#include "semantic/resolve.h"
#include "sql/coercion.h"

namespace pipec::semantic {

using ast::NodeId;

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
  for (NodeId node : tree.list(decl.params)) {
    if (!tree.is<ast::ParamDecl>(node)) continue;
    auto param = tree.get<ast::ParamDecl>(node);
    sql::Type type = sql::type_of_node(tree, param.type, bind);
    Symbol name = tree.name(node);
    out.members.emplace(name.folded(), tree[node].span);
    for (const sql::InterfaceColumn& other : parameters.columns) {
      if (other.name.folded() != name.folded()) continue;
      context.report(diag::DuplicateColumn, node, fmt::format("the parameter `{}` is there twice", name.text()))
          .help("rename one of them");
    }
    function.params.push_back({name, type});
    interface.parameters.push_back({name, type, static_cast<bool>(param.fallback)});
    parameters.columns.push_back({name, type, true});
  }
  interface.returns = function.returns = sql::type_of_node(tree, decl.returns, bind);
  interface.external = !decl.body;

  if (decl.body) {
    auto bound = std::make_shared<sql::BoundExpression>(sql::bind_expression(tree, decl.body, parameters, bind));
    interface.nullable = bound->nullable;
    bool typed = bound->ok && !bound->type.is_error() && !function.returns.is_error();
    if (typed && bound->type != function.returns && !sql::widens(bound->type, function.returns)) {
      context
          .report(diag::ContractType, decl.body,
                  fmt::format("the body gives {}, but `{}` returns {}", bound->type.text(), declaration.name.text(),
                              function.returns.text()))
          .label(context.place(decl.returns), "declared here")
          .help(fmt::format("write `cast(... as {})`, or change the declared type", function.returns.text()));
    }
    function.body = {declaration.tree, decl.body, std::move(bound)};
  }
  out.function = std::move(interface);
  out.functions.push_back(std::move(function));
}

}  // namespace pipec::semantic
