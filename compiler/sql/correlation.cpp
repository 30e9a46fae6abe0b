// Where Spark lets a subquery read the query around it, and a recursive query itself: checked on the relations.
#include <unordered_set>

#include "sql/bind.h"

namespace pipec::sql {

namespace {

using ast::JoinKind;

bool left_may_miss(const Rel& join) {
  auto kind = static_cast<JoinKind>(join.op);
  return kind == JoinKind::Right || kind == JoinKind::Full;
}

bool right_is_shut(const Rel& join) {
  auto kind = static_cast<JoinKind>(join.op);
  return kind == JoinKind::Left || kind == JoinKind::Full || kind == JoinKind::LeftSemi || kind == JoinKind::LeftAnti ||
         kind == JoinKind::Semi || kind == JoinKind::Anti;
}

/// The Aggregate that a Project of the same SELECT stands on.
RelId aggregate_below(const Ir& ir, RelId project) {
  ast::NodeId select = ir[project].node;
  for (RelId at = ir[project].inputs.empty() ? RelId{} : ir[project].inputs[0]; at;) {
    const Rel& rel = ir[at];
    if (rel.kind == RelKind::Aggregate) return rel.node == select ? at : RelId{};
    bool passes = rel.kind == RelKind::Filter || rel.kind == RelKind::Window || rel.kind == RelKind::Generate;
    if (!passes || rel.inputs.empty()) return {};
    at = rel.inputs[0];
  }
  return {};
}

}  // namespace

void Binder::check_correlation(const Relation& relation, const Boundary& boundary, bool scalar, ast::NodeId node) {
  if (boundary.captured.empty() || relation.broken) return;
  struct Visit {
    RelId id;
    bool shut = false;  // rows of this side may be missing: no outer column below
  };
  std::vector<Visit> stack{{relation.rel}};
  std::unordered_set<uint64_t> equal;  // what is equal to something outer, or to a constant: hashes
  bool reported = false;
  auto blame = [&](ExprId id, std::string message) {
    if (reported) return;
    reported = true;
    report(diag::Correlation, ir_[id].node ? ir_[id].node : node, std::move(message));
  };
  while (!stack.empty()) {
    Visit at = stack.back();
    stack.pop_back();
    const Rel& rel = ir_[at.id];
    bool grouped = rel.kind == RelKind::Aggregate || (rel.kind == RelKind::Project && aggregate_below(ir_, at.id));
    for (ExprId id : rel.exprs) {
      if (!id) continue;
      if (info(id).outer && at.shut)
        blame(id, "a column of the outer query cannot be read on the side of a join whose rows may be missing");
      if (info(id).outer && grouped)
        blame(id, "a column of the outer query cannot be read beside or inside an aggregate");
      if (rel.kind != RelKind::Filter) continue;
      std::vector<ExprId> conjuncts{id};
      while (!conjuncts.empty()) {
        ExprId condition = conjuncts.back();
        conjuncts.pop_back();
        const Expr& expr = ir_[condition];
        std::span<const ExprId> sides = ir_.children(condition);
        if (expr.kind != ExprKind::Binary) continue;
        if (expr.op == static_cast<uint8_t>(ast::BinaryOp::And)) {
          conjuncts.insert(conjuncts.end(), sides.begin(), sides.end());
        } else if (expr.op == static_cast<uint8_t>(ast::BinaryOp::Eq) ||
                   expr.op == static_cast<uint8_t>(ast::BinaryOp::NullSafeEq)) {
          for (int side = 0; side < 2; ++side) {
            ExprId local = sides[side], outer = sides[1 - side];
            while (ir_[local].kind == ExprKind::Cast && ir_[local].implicit) local = ir_.children(local)[0];
            if (info(local).column && !info(local).outer && !info(outer).column) equal.insert(info(local).hash);
          }
        }
      }
    }
    for (size_t i = 0; i < rel.inputs.size(); ++i) {
      bool shut = at.shut;
      if (rel.kind == RelKind::Join) {
        if (i == 1 && rel.lateral) continue;  // what it reads is the left side
        shut = shut || (i == 0 ? left_may_miss(rel) : right_is_shut(rel));
      }
      stack.push_back({rel.inputs[i], shut});
    }
  }
  if (!scalar || reported) return;
  // One row for each outer row: the groups must be those of the correlation.
  RelId at = relation.rel;
  while (at && ir_[at].kind != RelKind::Aggregate) {
    const Rel& rel = ir_[at];
    bool passes = rel.kind == RelKind::Project || rel.kind == RelKind::Filter;
    if (!passes) return;
    at = rel.inputs[0];
  }
  if (!at) return;
  for (uint32_t i = 0; i < ir_[at].group_count; ++i) {
    std::vector<ExprId> keys{ir_[at].exprs[i]};
    while (!keys.empty()) {
      ExprId id = keys.back();
      keys.pop_back();
      if (equal.contains(info(id).hash)) continue;
      if (ir_[id].kind == ExprKind::Column) {
        blame(id,
              "a correlated subquery with GROUP BY may give several rows: its keys must equal columns of the "
              "outer query");
        return;
      }
      for (ExprId child : ir_.children(id)) keys.push_back(child);
    }
  }
}

bool Binder::at_most_one_row(RelId id) const {
  while (id) {
    const Rel& rel = ir_[id];
    switch (rel.kind) {
      case RelKind::OneRow:
        return true;
      case RelKind::Values:
        return rel.exprs.size() <= rel.outputs.size();
      case RelKind::Aggregate:
        return rel.group_count == 0 && rel.grouping_sets.size() <= 1;
      case RelKind::Limit:
        if (rel.exprs[0] && operand(rel.exprs[0]).integer.value_or(2) <= 1) return true;
        break;
      case RelKind::Project:
      case RelKind::Filter:
      case RelKind::Sort:
      case RelKind::Distinct:
      case RelKind::Window:
        break;
      default:
        return false;
    }
    id = rel.inputs[0];
  }
  return false;
}

/// A lateral subquery is run for each row; Spark wants it to give the same each time, unless there is one row at most.
void Binder::check_lateral(RelId left, RelId right, ExprId condition, ast::NodeId node) {
  if (at_most_one_row(left)) return;
  if (condition && info(condition).nondeterministic) {
    report(diag::Correlation, ir_[condition].node, "the condition of a lateral join cannot hold random values");
    return;
  }
  std::vector<RelId> stack{right};
  while (!stack.empty()) {
    const Rel& rel = ir_[stack.back()];
    stack.pop_back();
    for (ExprId id : rel.exprs) {
      if (!id || !info(id).nondeterministic) continue;
      report(diag::Correlation, ir_[id].node ? ir_[id].node : node, "a lateral subquery cannot hold random values");
      return;
    }
    stack.insert(stack.end(), rel.inputs.begin(), rel.inputs.end());
  }
}

/// The step of a recursive query reads it row by row: not aggregated, not sorted, not where rows may be missing.
void Binder::check_recursion(RelId step, RelId anchor) {
  struct Visit {
    RelId id;
    ast::NodeId shut;  // where it stopped being allowed
  };
  std::vector<Visit> stack{{step, {}}};
  while (!stack.empty()) {
    Visit at = stack.back();
    stack.pop_back();
    const Rel& rel = ir_[at.id];
    if (rel.kind == RelKind::SelfReference && rel.inputs[0] == anchor) {
      if (!at.shut) continue;
      report(diag::RecursiveCte, rel.node, "a recursive query cannot be read here")
          .label(place(at.shut), "because of this");
      return;
    }
    ast::NodeId shut = at.shut;
    bool whole = rel.kind == RelKind::Aggregate || rel.kind == RelKind::Sort || rel.kind == RelKind::Limit;
    if (!shut && whole) shut = rel.node;
    for (size_t i = 0; i < rel.inputs.size(); ++i) {
      bool missing = rel.kind == RelKind::Join && (i == 0 ? left_may_miss(rel) : right_is_shut(rel));
      stack.push_back({rel.inputs[i], !shut && missing ? rel.node : shut});
    }
    std::vector<ExprId> exprs(rel.exprs.begin(), rel.exprs.end());
    while (!exprs.empty()) {
      ExprId id = exprs.back();
      exprs.pop_back();
      if (!id) continue;
      if (ir_[id].query) stack.push_back({ir_[id].query, shut});
      for (ExprId child : ir_.children(id)) exprs.push_back(child);
    }
  }
}

}  // namespace pipec::sql
