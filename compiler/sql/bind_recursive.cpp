// WITH RECURSIVE: an anchor, and a step that reads what was made so far.
#include "sql/bind.h"

namespace pipec::sql {

using namespace ast;

Relation Binder::bind_recursive_cte(NodeId cte, Boundary* boundary) {
  Cte parts = tree_.get<Cte>(cte);
  Query query = tree_.get<Query>(parts.query);
  Relation relation;
  bool is_union = query.body && tree_.is<SetOp>(query.body) && tree_.op<SetOpKind>(query.body) == SetOpKind::Union;
  if (!is_union) {
    relation = bind_query(parts.query, boundary);
    rename(relation, parts.columns);
    return relation;
  }
  // Told only once it is known that the query reads itself.
  size_t before = recursive_reads_;
  Relation read = bind_recursive_union(cte, query, boundary);
  if (recursive_reads_ == before) return read;
  if (!tree_.has(query.body, kAll)) {
    report(diag::RecursiveCte, query.body, "a recursive query is put together by UNION ALL, not UNION");
  } else if (NodeId tail = query.order ? query.order : query.offset ? query.offset : query.limit) {
    report(diag::RecursiveCte, tail, "a recursive query cannot be sorted or cut inside its WITH")
        .help("do it where the query is read");
  }
  return read;
}

Relation Binder::bind_recursive_union(NodeId cte, const Query& query, Boundary* boundary) {
  Cte parts = tree_.get<Cte>(cte);
  Relation relation;
  Restore ctes(ctes_, ctes_);
  if (query.with) bind_with(query.with, boundary);
  SetOp set = tree_.get<SetOp>(query.body);
  Relation anchor = bind_body(set.left, {}, boundary);
  rename(anchor, parts.columns);
  std::vector<Type> types;
  for (const Relation::Column& column : anchor.columns) types.push_back(ir_[column.id].type);
  CteEntry self;
  self.folded = tree_.name(cte).folded();
  self.relation = anchor;
  self.recursive = anchor.rel;
  self.parent = ctes_;
  Relation step;
  {
    Restore inside(ctes_, static_cast<const CteEntry*>(&self));
    step = bind_body(set.right, {}, boundary);
  }
  relation.broken = anchor.broken || step.broken;
  if (!relation.broken && step.columns.size() != anchor.columns.size()) {
    report(diag::SetColumnCount, query.body,
           fmt::format("UNION needs the same number of columns on both sides, but the left has {} and the right {}",
                       anchor.columns.size(), step.columns.size()));
    relation.broken = true;
  }
  if (relation.broken) {
    relation.rel = anchor.rel;
    relation.columns = anchor.columns;
    return relation;
  }
  for (size_t i = 0; i < types.size(); ++i) {
    Type from = ir_[step.columns[i].id].type;
    if (from.is_error() || types[i].is_error() || widens(from, types[i])) continue;
    report(diag::SetColumnType, query.body,
           fmt::format("the column `{}` begins as {} and the recursion gives {}", anchor.columns[i].name.text(),
                       types[i].text(), from.text()));
  }
  check_recursion(step.rel, anchor.rel);
  step = project_cast(step, types, query.body);
  relation.rel = add_rel(RelKind::RecursiveCte, {anchor.rel, step.rel}, {}, cte);
  for (size_t i = 0; i < types.size(); ++i) {
    Symbol name = anchor.columns[i].name;
    relation.columns.push_back({name, add_column(relation.rel, name, types[i], true)});
  }
  Tail tail{query.order, query.sort, query.cluster, query.distribute, query.windows, query.limit, query.offset};
  return bind_tail(std::move(relation), tail, boundary);
}

}  // namespace pipec::sql
