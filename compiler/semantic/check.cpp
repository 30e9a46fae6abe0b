// `check name on table { as query }`: the rows that are wrong.
#include <algorithm>

#include <fmt/format.h>

#include "semantic/expectations.h"
#include "semantic/items.h"
#include "semantic/resolve.h"

namespace pipec::semantic {

using ast::NodeId;

void resolve_check(const Declaration& declaration, const Reader& reader, Resolved& out, Sink& sink) {
  Resolving context{declaration, *declaration.tree, sink};
  const ast::Tree& tree = context.tree;
  auto decl = tree.get<ast::CheckDecl>(tree.root);
  pipeline::Check check;
  check.head = head_of(context, reader.facts(), decl.annotations);
  Items items(context, decl.items, "check", {"else", "owner", "tags", "description"});
  check.policy = read_policy(context, items.value("else"), items.text("else"));
  check.target = tree.dotted(decl.target).folded();
  if (!reader.table(check.target)) {
    context.report(diag::UnknownNode, decl.target, fmt::format("there is no table `{}`", check.target.text()))
        .about(check.target)
        .help(did_you_mean(check.target.text(), reader.table_names()));
  }
  if (!decl.query) {
    items.require("as", "as select ...");
    return;
  }
  auto bound = std::make_shared<sql::BoundQuery>(sql::bind_query(tree, decl.query, {reader, sink, declaration.key}));
  for (const auto& [node, name] : bound->tables.relations) check.reads.push_back(name);
  std::sort(check.reads.begin(), check.reads.end(), ByText{});
  check.reads.erase(std::unique(check.reads.begin(), check.reads.end()), check.reads.end());
  check.query.tree = declaration.tree;
  check.query.node = decl.query;
  check.query.bound = std::move(bound);
  out.checks.push_back(std::move(check));
}

}  // namespace pipec::semantic
