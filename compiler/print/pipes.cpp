// Pipes: each step on a line of its own, where the query's clauses are.
#include "print/sql_writer.h"

namespace pipec::print {

using namespace ast;

void SqlWriter::pipe(NodeId id) {
  supports(Feature::Pipes, id, "`|>`");
  Pipe parts = tree().get<Pipe>(id);
  hoist(parts.input, true);
  body(parts.input);
  for (NodeId step : tree().list(parts.steps)) {
    clause();
    hoist(step, true);
    Commented around(*this, step);
    put("|>");
    pipe_step(step);
  }
}

void SqlWriter::pipe_step(NodeId id) {
  PipeStep parts = tree().get<PipeStep>(id);
  PipeOp op = tree().op<PipeOp>(id);
  if (op == PipeOp::Sample) return sample(parts.operand);  // which begins with a blank
  put(" ");
  switch (op) {
    case PipeOp::Select: {
      Commented around(*this, parts.operand);
      select_head(parts.operand);
      if (!parts.more) return;
      clause();
      return clause_list("window", parts.more);
    }
    case PipeOp::Extend:
      return clause_list("extend", parts.operand);
    case PipeOp::Set:
      put("set");
      return assignments(parts.operand);
    case PipeOp::Drop:
      return clause_list("drop", parts.operand);
    case PipeOp::As:
      hoist(parts.operand);
      put("as ");
      return put_identifier(node(parts.operand).name, parts.operand, node(parts.operand).has(kQuoted));
    case PipeOp::Where:
      return condition("where", parts.operand);
    case PipeOp::Relation: {
      Commented around(*this, parts.operand);
      return join_to(parts.operand);
    }
    case PipeOp::SetOp: {
      Commented around(*this, parts.operand);
      NodeId right = tree().get<SetOp>(parts.operand).right;
      const Aligned* sides = rewrite(&Rewrites::aligned, parts.operand);
      if (sides && !sides->left.empty()) {
        wrapped_list(parts.operand, sides->left);
        clause();
        put("|> ");
      }
      set_operator(parts.operand);
      clause();
      hoist(right, true);
      return set_operand(right, true, parts.operand);
    }
    case PipeOp::Aggregate:
      return pipe_aggregate(id);
    case PipeOp::Tail: {
      Commented around(*this, parts.operand);
      return query_tail(parts.operand, true);
    }
    case PipeOp::Sample:
      return;
  }
}

void SqlWriter::pipe_aggregate(NodeId id) {
  PipeStep parts = tree().get<PipeStep>(id);
  Layout::Group group(layout_);
  Layout::Indent indent(layout_);
  if (parts.operand) {
    clause_list("aggregate", parts.operand);
    if (!parts.more) return;
    layout_.line();
  } else {
    put("aggregate ");
  }
  group_by(parts.more);
}

}  // namespace pipec::print
