// Pipes: `FROM t |> WHERE a |> SELECT b`. Each step makes the next relation and the names by which it is read. Columns
// that a step only hands on keep the names of their tables.
#include "sql/pipe.h"

namespace pipec::sql {

using namespace ast;

Relation Binder::bind_pipe(NodeId body, const Tail& tail, Boundary* boundary) {
  bool wanted = std::exchange(scope_wanted_, false);
  Piped pipe = open_pipe(body, boundary);
  if (tail.any()) pipe.rel = bind_limit(sort_scope(pipe.rel, pipe.scope, tail, boundary), tail);
  Relation result = close_pipe(pipe, body);
  if (wanted) output_scope_ = pipe.scope;
  if (output_spans_.size() != result.columns.size()) output_spans_.clear();
  return result;
}

/// What stands before the first `|>`, or all of the pipe that a body is.
Binder::Piped Binder::open_pipe(NodeId body, Boundary* boundary) {
  Piped pipe;
  Level level = new_level(boundary);
  Restore at_level(level_, &level);
  Relation relation;
  ScopeRelation named;
  switch (tree_.kind(body)) {
    case NodeKind::Pipe: {
      Pipe parts = tree_.get<Pipe>(body);
      pipe = open_pipe(parts.input, boundary);
      for (NodeId step : tree_.list(parts.steps)) bind_pipe_step(step, pipe, boundary);
      return pipe;
    }
    case NodeKind::FromQuery: {
      FromQuery parts = tree_.get<FromQuery>(body);
      Scope from;
      pipe.rel = bind_from(parts.from, body, from);
      level.scope = std::move(from);
      for (NodeId view : tree_.list(parts.views)) pipe.rel = bind_lateral_view(view, pipe.rel, level.scope);
      pipe.scope = std::move(level.scope);
      output_spans_.clear();
      return pipe;
    }
    case NodeKind::TableQuery:
      relation = resolve_table(tree_.get<TableQuery>(body).table, body, named);
      break;
    case NodeKind::Values: {
      Values values = tree_.get<Values>(body);
      relation = bind_values(values.rows, body, boundary);
      apply_alias(relation, named, values.alias);
      break;
    }
    default: {
      output_scope_ = {};
      scope_wanted_ = true;
      relation = bind_body(body, {}, boundary);
      scope_wanted_ = false;
      pipe.rel = relation.rel;
      Scope known = std::exchange(output_scope_, {});
      size_t visible = 0;
      for (const ScopeColumn& column : known.columns) visible += !column.hidden;
      if (visible == relation.columns.size() && visible == known.columns.size() && !relation.broken) {
        for (size_t i = 0; i < visible; ++i) {
          known.columns[i].id = relation.columns[i].id;
          known.columns[i].name = relation.columns[i].name;
          known.columns[i].folded = relation.columns[i].name.folded();
        }
        pipe.scope = std::move(known);
        return pipe;
      }
    }
  }
  pipe.rel = relation.rel;
  pipe.scope.add(std::move(relation), named);
  return pipe;
}

/// The relation that a pipe ends with: the visible columns alone, in their order.
Relation Binder::close_pipe(const Piped& pipe, NodeId node) {
  Relation result;
  result.rel = pipe.rel;
  result.broken = pipe.scope.broken();
  std::vector<ExprId> exprs;
  std::vector<ColumnId> outputs;
  for (const ScopeColumn& one : pipe.scope.columns) {
    if (one.hidden) continue;
    result.columns.push_back({one.name, one.id});
    outputs.push_back(one.id);
  }
  if (outputs == ir_[pipe.rel].outputs) return result;
  for (const Relation::Column& one : result.columns) exprs.push_back(column(one.id, one.name, node));
  result.rel = add_rel(RelKind::Project, {pipe.rel}, std::move(exprs), node);
  ir_[result.rel].outputs = std::move(outputs);
  return result;
}

void Binder::bind_pipe_step(NodeId step, Piped& pipe, Boundary* boundary) {
  Level level = new_level(boundary);
  Restore at_level(level_, &level);
  PipeStep parts = tree_.get<PipeStep>(step);
  switch (tree_.op<PipeOp>(step)) {
    case PipeOp::Select:
      return pipe_select(step, pipe, level);
    case PipeOp::Extend:
      return pipe_extend(step, pipe, level);
    case PipeOp::Set:
      return pipe_set(step, pipe, level);
    case PipeOp::Drop:
      return pipe_drop(step, pipe, level);
    case PipeOp::Aggregate:
      return pipe_aggregate(step, pipe, level);
    case PipeOp::Relation:
      return pipe_relation(step, pipe);
    case PipeOp::SetOp:
      return pipe_set_operation(step, pipe, boundary);
    case PipeOp::As: {
      Relation closed = close_pipe(pipe, step);
      ScopeRelation named;
      apply_alias(closed, named, parts.operand);
      pipe.rel = closed.rel;
      pipe.scope = {};
      pipe.scope.add(std::move(closed), named);
      return;
    }
    case PipeOp::Where: {
      level.scope = std::move(pipe.scope);
      ExprId condition = bind_condition(parts.operand, Clause::Where);
      pipe.scope = std::move(level.scope);
      pipe.rel = pass(RelKind::Filter, pipe.rel, {condition}, step);
      return;
    }
    case PipeOp::Sample:
      pipe.rel = bind_sample(pipe.rel, parts.operand);
      return;
    case PipeOp::Tail: {
      Query query = tree_.get<Query>(parts.operand);
      Tail tail{query.order, query.sort, query.cluster, query.distribute, {}, query.limit, query.offset};
      pipe.rel = bind_limit(sort_scope(pipe.rel, pipe.scope, tail, boundary), tail);
      return;
    }
  }
}

/// A join, PIVOT or UNPIVOT whose left side is the pipe.
void Binder::pipe_relation(NodeId step, Piped& pipe) {
  NodeId node = tree_.get<PipeStep>(step).operand;
  if (tree_.is<Join>(node)) {
    Join parts = tree_.get<Join>(node);
    Scope right;
    RelId right_rel = bind_relation(parts.right, right, &pipe.scope);
    pipe.rel = join(pipe.rel, pipe.scope, right_rel, std::move(right), tree_.op<JoinKind>(node), node, parts.condition,
                    tree_.has(node, kNatural), tree_.is<Lateral>(parts.right));
  } else {
    bool pivot = tree_.is<Pivot>(node);
    Restore input(piped_, &pipe);
    Relation made = pivot ? bind_pivot(node, nullptr) : bind_unpivot(node, nullptr);
    ScopeRelation named;
    apply_alias(made, named, pivot ? tree_.get<Pivot>(node).alias : tree_.get<Unpivot>(node).alias);
    pipe.rel = made.rel;
    pipe.scope = {};
    pipe.scope.add(std::move(made), named);
  }
  output_spans_.clear();
}

void Binder::pipe_set_operation(NodeId step, Piped& pipe, Boundary* boundary) {
  NodeId node = tree_.get<PipeStep>(step).operand;
  Relation left = close_pipe(pipe, step);
  std::vector<Span> spans = std::move(output_spans_);
  Relation right = bind_body(tree_.get<SetOp>(node).right, {}, boundary);
  output_spans_ = std::move(spans);
  Relation both = combine(std::move(left), std::move(right), node);
  std::erase_if(pipe.scope.columns, [](const ScopeColumn& column) { return column.hidden; });
  pipe.rel = both.rel;
  if (both.broken || both.columns.size() != pipe.scope.columns.size()) {
    pipe.scope = {};
    pipe.scope.add(std::move(both), {});
    return;
  }
  for (size_t i = 0; i < both.columns.size(); ++i) pipe.scope.columns[i].id = both.columns[i].id;
}

}  // namespace pipec::sql
