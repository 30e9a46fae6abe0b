// Which columns of an input can decide anything about a model: those that the outputs, conditions, groups and orders read,
// through the views. A change of any other column is none.
#include "pipeline/flatten.h"

namespace pipec::pipeline {

using namespace sql;

namespace {

class Needed {
 public:
  explicit Needed(FlatQuery& flat) : flat_(flat) {}

  void run(const Scope& scope, const std::vector<ColumnId>& outputs) {
    const Ir& ir = scope.ir();
    std::vector<bool> outer;
    std::swap(outer, needed_);
    needed_.assign(ir.columns.size(), false);
    for (ColumnId output : outputs) need(output);
    // Readers stand behind what they read.
    for (size_t i = ir.rels.size(); i-- > 1;) visit(scope, RelId{static_cast<uint32_t>(i)});
    std::swap(outer, needed_);
  }

 private:
  void need(ColumnId column) { needed_[column.value] = true; }
  bool is_needed(ColumnId column) const { return needed_[column.value]; }

  void need_expression(const Ir& ir, ExprId id) {
    if (!id) return;
    const Expr& expr = ir[id];
    if (expr.column) need(expr.column);
    if (expr.query) need_all(ir, expr.query);
    for (ExprId child : ir.children(id)) need_expression(ir, child);
  }

  void need_all(const Ir& ir, RelId rel) {
    for (ColumnId output : ir[rel].outputs) need(output);
  }

  void visit(const Scope& scope, RelId id) {
    const Ir& ir = scope.ir();
    const Rel& rel = ir[id];
    switch (rel.kind) {
      case RelKind::Scan:
        scan(scope, id, rel);
        return;
      case RelKind::Project:
        for (size_t i = 0; i < rel.exprs.size(); ++i) {
          if (is_needed(rel.outputs[i])) need_expression(ir, rel.exprs[i]);
        }
        return;
      case RelKind::Aggregate:
        for (size_t i = 0; i < rel.exprs.size(); ++i) {
          if (i < rel.group_count || is_needed(rel.outputs[i])) need_expression(ir, rel.exprs[i]);
        }
        return;
      case RelKind::Window: {
        size_t passed = rel.outputs.size() - rel.exprs.size();
        for (size_t i = 0; i < rel.exprs.size(); ++i) {
          if (is_needed(rel.outputs[passed + i])) need_expression(ir, rel.exprs[i]);
        }
        return;
      }
      case RelKind::Join: {
        for (ExprId expr : rel.exprs) need_expression(ir, expr);
        size_t at = 0;
        for (RelId input : rel.inputs) {
          for (ColumnId from : ir[input].outputs) {
            if (at < rel.outputs.size() && is_needed(rel.outputs[at])) need(from);
            ++at;
          }
        }
        return;
      }
      case RelKind::Filter:
      case RelKind::Sort:
        for (ExprId expr : rel.exprs) need_expression(ir, expr);
        return;
      default:
        for (ExprId expr : rel.exprs) need_expression(ir, expr);
        for (RelId input : rel.inputs) need_all(ir, input);
    }
  }

  void scan(const Scope& scope, RelId id, const Rel& rel) {
    auto view = scope.views.find(id.value);
    if (view != scope.views.end()) {
      std::vector<ColumnId> outputs;
      for (ColumnId column : rel.outputs) {
        if (!is_needed(column)) continue;
        for (const auto& output : view->second->body->bound->outputs) {
          if (output.name.folded() == scope.ir()[column].name.folded()) outputs.push_back(output.column);
        }
      }
      run(*view->second, outputs);
      return;
    }
    auto table = scope.tables.find(id.value);
    if (table == scope.tables.end()) return;
    for (ColumnId column : rel.outputs) {
      if (is_needed(column)) flat_.relations[table->second].relevant.push_back(scope.ir()[column].name);
    }
  }

  FlatQuery& flat_;
  std::vector<bool> needed_;  // of the scope that is being visited
};

}  // namespace

void find_relevant_columns(FlatQuery& flat) {
  std::vector<ColumnId> outputs;
  for (const auto& output : flat.root->body->bound->outputs) outputs.push_back(output.column);
  Needed(flat).run(*flat.root, outputs);
}

}  // namespace pipec::pipeline
