#include "sql/type_sources.h"

#include <fmt/format.h>

#include <algorithm>

namespace pipec::sql {

Symbol table_column(const Ir& ir, ColumnId column) {
  for (;;) {
    const Column& is = ir[column];
    if (!is.relation) return {};
    const Rel& rel = ir[is.relation];
    if (rel.kind == RelKind::Scan) {
      if (rel.table.empty()) return {};
      return Symbol::of(fmt::format("{}.{}", rel.table.text(), is.name.folded().text()));
    }
    if (rel.kind == RelKind::Join) {  // an outer one has columns of its own
      const std::vector<ColumnId>& left = ir[rel.inputs[0]].outputs;
      const size_t right = is.index - std::min<size_t>(is.index, left.size());
      const std::vector<ColumnId>& from = is.index < left.size() ? left : ir[rel.inputs[1]].outputs;
      const size_t at = is.index < left.size() ? is.index : right;
      if (at >= from.size() || !(from[at].value < column.value)) return {};
      column = from[at];
      continue;
    }
    if (rel.kind != RelKind::Project || is.index >= rel.exprs.size()) return {};
    const Expr& expr = ir[rel.exprs[is.index]];
    if (expr.kind != ExprKind::Column || !(expr.column.value < column.value)) return {};
    column = expr.column;
  }
}

std::vector<Symbol> columns_within(const Ir& ir, const ast::Tree& tree, Span within) {
  std::vector<Symbol> found;
  for (const Expr& expr : ir.exprs) {
    if ((expr.kind != ExprKind::Column && expr.kind != ExprKind::OuterColumn) || !expr.node) continue;
    const Span span = tree[expr.node].span;
    if (span.begin < within.begin || span.end > within.end) continue;
    if (Symbol column = table_column(ir, expr.column); !column.empty()) found.push_back(column);
  }
  std::sort(found.begin(), found.end(), ByText{});
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace pipec::sql
