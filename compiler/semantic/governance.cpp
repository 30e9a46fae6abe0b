#include "semantic/governance.h"

#include <algorithm>
#include <map>

#include <fmt/format.h>

#include "lineage/reads.h"

namespace pipec::semantic {

using ast::NodeId;
using pipeline::Column;

namespace {

const sql::InterfaceColumn* find(const sql::TableInterface& table, Symbol folded) {
  for (const sql::InterfaceColumn& column : table.columns) {
    if (column.name.folded() == folded) return &column;
  }
  return nullptr;
}

}  // namespace

void inherit_pii(pipeline::Node& node, const Reader& reader) {
  for (size_t i = 0; i < node.columns.size() && i < node.lineage.size(); ++i) {
    std::vector<Symbol>& pii = node.columns[i].pii;
    for (const lineage::DirectEdge& edge : node.lineage[i].direct) {
      const sql::TableInterface* input = reader.table(edge.source.table);
      const sql::InterfaceColumn* column = input ? find(*input, edge.source.column) : nullptr;
      if (!column) continue;
      for (Symbol kind : column->pii) {
        if (std::find(edge.cleared.begin(), edge.cleared.end(), kind) == edge.cleared.end()) pii.push_back(kind);
      }
    }
    std::sort(pii.begin(), pii.end(), ByText{});
    pii.erase(std::unique(pii.begin(), pii.end()), pii.end());
  }
}

void check_deleted(const Resolving& context, const Reader& reader, const pipeline::QueryBody& query) {
  std::map<Symbol, NodeId, ByText> first;  // where each table is read first
  for (const auto& [node, name] : query.bound->tables.relations) {
    NodeId& known = first[name];
    if (!known || node < known.value) known = NodeId{node};
  }
  const Symbol deleted = Symbol::of("_deleted");
  for (const auto& [name, node] : first) {
    const sql::TableInterface* input = reader.table(name);
    if (!input || !input->declaration.text().starts_with("cdc:") || !find(*input, deleted)) continue;
    if (lineage::reads(query.lineage, {name, deleted})) continue;
    context
        .report(diag::ReadsDeleted, node,
                fmt::format("`{}` keeps the rows that were deleted, and they are read too", name.text()))
        .help("add `where not _deleted`, or read `_deleted` to show that you mean it");
  }
}

void check_public(const Resolving& context, const pipeline::Node& node) {
  for (const Column& column : node.columns) {
    if (column.pii.empty()) continue;
    context.sink
        .report(diag::PublicPersonal, Place::of_member(context.declaration.key, column.name.folded()),
                fmt::format("`{}` shows a `{}` of people, and the model is public", column.name.text(),
                            column.pii[0].text()))
        .help("leave it out, or clear it by a function that `clears pii(...)`");
  }
}

}  // namespace pipec::semantic
