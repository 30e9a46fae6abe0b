// Pipes: `FROM t |> WHERE a |> SELECT b`. A set operation without `|>` between two steps closes the pipe before it.
#include <utility>

#include "syntax/tree_builder.h"

namespace pipec::syntax {

using namespace ast;

/// The steps that follow `body`. What stands behind the last one and begins anew is the whole query's: `tail`.
TreeBuilder::NodeId TreeBuilder::pipe(NodeId body, QueryTail& tail) {
  Ids steps;
  auto close = [&] {
    if (steps.empty()) return;
    Span all{span_of(steps.front()).begin, span_of(steps.back()).end};
    NodeId list = add(NodeKind::List, steps, all);
    body = add(NodeKind::Pipe, {body, list}, {span_of(body).begin, all.end});
    steps.clear();
  };
  while (at(GrammarRule::PipeStep)) {
    Rule rule(*this, GrammarRule::PipeStep);
    if (tail.any()) {
      error(diag::Misplaced, token_span(at_), "`|>` cannot follow the end of a query").help =
          "put the query before it in parentheses, or `|>` before its last clause too";
    }
    tail = {};
    skip();
    if (at(GrammarRule::PipeOperator)) {
      steps.push_back(pipe_operator());
      order_tail(tail, nullptr);
      if (tail.clauses.windows) steps.back() = pipe_windows(steps.back(), tail);
    } else if (at_empty(GrammarRule::OrderTail) && more()) {
      {
        Rule empty(*this, GrammarRule::OrderTail);
      }
      steps.push_back(pipe_set_op());
    } else {
      steps.push_back(pipe_tail(tail, rule.first()));
    }
    if (at(GrammarRule::SetOp)) {
      if (tail.any()) error(diag::Misplaced, token_span(at_), "a set operation cannot follow the end of a query");
      close();
      body = set_operations(body);
    }
    if (at(GrammarRule::OrderTail)) order_tail(tail, nullptr);
  }
  close();
  return body;
}

TreeBuilder::NodeId TreeBuilder::pipe_step(PipeOp op, NodeId operand, NodeId more, uint32_t first) {
  return add(NodeKind::PipeStep, {operand, more}, since(first), {}, static_cast<uint8_t>(op));
}

/// WINDOW belongs to the SELECT that it follows.
TreeBuilder::NodeId TreeBuilder::pipe_windows(NodeId step, QueryTail& tail) {
  NodeId windows = std::exchange(tail.clauses.windows, NodeId{});
  if (tree_.op<PipeOp>(step) != PipeOp::Select) {
    error(diag::Misplaced, span_of(windows), "in a pipe, `window` can only follow `select`");
    return step;
  }
  Span span{span_of(step).begin, span_of(windows).end};
  return add(NodeKind::PipeStep, {tree_.get<PipeStep>(step).operand, windows}, span, {},
             static_cast<uint8_t>(PipeOp::Select));
}

TreeBuilder::NodeId TreeBuilder::pipe_operator() {
  Rule rule(*this, GrammarRule::PipeOperator);
  uint32_t first = rule.first();
  auto step = [&](PipeOp op, NodeId operand) { return pipe_step(op, operand, {}, first); };
  if (at(GrammarRule::SelectHead)) {
    uint16_t flags = 0;
    ast::Select parts = select_head(flags);
    return step(PipeOp::Select, select_node(parts, SelectForm::Plain, flags, first));
  }
  if (at(GrammarRule::WhereClause)) {
    Rule where(*this, GrammarRule::WhereClause);
    skip();
    return step(PipeOp::Where, expression());
  }
  if (at(GrammarRule::RelationExtension)) return step(PipeOp::Relation, relation_extensions({}, first));
  if (at(GrammarRule::Sample)) return step(PipeOp::Sample, sample());
  uint16_t word = type();
  skip();
  switch (word) {
    case K_EXTEND:
      return step(PipeOp::Extend, select_items());
    case K_SET:
      return step(PipeOp::Set, pipe_set());
    case K_DROP:
      return step(PipeOp::Drop, pipe_drop());
    case K_AS: {
      Symbol name = identifier_text(at_);
      uint16_t flags = type() == BACKTICK ? kQuoted : 0;
      uint32_t begin = at_;
      ident();
      return step(PipeOp::As, add(NodeKind::Alias, {NodeId{}}, since(begin), name, 0, flags));
    }
    default:
      return pipe_aggregate(first);
  }
}

TreeBuilder::NodeId TreeBuilder::pipe_set() {
  uint32_t first = at_;
  Ids assignments;
  do {
    Rule rule(*this, GrammarRule::PipeSet);
    uint16_t flags = type() == BACKTICK ? kQuoted : 0;
    NodeId name = qname();
    auto parts = tree_.children(name);
    Symbol column = tree_.name(parts.front());
    if (parts.size() > 1) {
      error(diag::Misplaced, span_of(name), "`set` takes a column, not a qualified name or a field");
    }
    accept(EQ);
    NodeId value = expression();
    assignments.push_back(add(NodeKind::Assignment, {value}, since(rule.first()), column, 0, flags));
  } while (accept(COMMA));
  return list(assignments, first);
}

TreeBuilder::NodeId TreeBuilder::pipe_drop() {
  uint32_t first = at_;
  Ids names;
  do {
    names.push_back(qname());
  } while (accept(COMMA));
  return list(names, first);
}

TreeBuilder::NodeId TreeBuilder::pipe_aggregate(uint32_t first) {
  NodeId items;
  if (at(GrammarRule::SelectItem)) items = select_items();
  no_stray_star({});
  NodeId group;
  if (at(GrammarRule::PipeGroup)) group = pipe_group();
  if (!items && !group) {
    error(diag::Misplaced, since(first), "`aggregate` needs something to aggregate, `group by`, or both");
  }
  return pipe_step(PipeOp::Aggregate, items, group, first);
}

TreeBuilder::NodeId TreeBuilder::pipe_group() {
  Rule rule(*this, GrammarRule::PipeGroup);
  skip();
  skip();
  uint32_t first = at_;
  auto refuse = [&](Span span, std::string_view what) {
    error(diag::Misplaced, span, "a pipe cannot aggregate by " + std::string(what)).help =
        "write `select ... group by` with it";
  };
  Ids keys;
  if (!at(GrammarRule::PipeKey)) {
    refuse(token_span(at_), "`all`");
    skip();
  } else {
    do {
      Rule key(*this, GrammarRule::PipeKey);
      bool sets = at(GrammarRule::GroupingSets);
      NodeId value = sets ? grouping_sets() : expression();
      bool call = tree_.is<Call>(value);
      Symbol function = call ? tree_.dotted(tree_.get<Call>(value).function).folded() : Symbol();
      if (sets || function.text() == "rollup" || function.text() == "cube") refuse(span_of(value), "grouping sets");
      if (tree_.is<Row>(value) && tree_.list(tree_.get<Row>(value).items).empty()) refuse(span_of(value), "no key");
      accept(K_AS);
      Symbol alias;
      uint16_t flags = 0;
      if (more()) {
        flags = type() == BACKTICK ? kQuoted : 0;
        alias = identifier_text(at_);
        skip();
      }
      keys.push_back(add(NodeKind::SelectItem, {value, NodeId{}}, since(key.first()), alias, 0, flags));
    } while (accept(COMMA));
  }
  if (more()) refuse({tokens_[at_].begin, tokens_[limit_ - 1].end}, "grouping sets");
  at_ = limit_;
  NodeId key_list = list(keys, first);
  return add(NodeKind::GroupBy, {key_list, NodeId{}}, since(rule.first()));
}

/// `|> UNION t`: the first set operation is the step, whatever binds tighter behind it.
TreeBuilder::NodeId TreeBuilder::pipe_set_op() {
  Rule rule(*this, GrammarRule::SetOp);
  uint16_t flags = 0;
  SetOpKind kind = set_operator(flags);
  NodeId right = query_term();
  NodeId node = add(NodeKind::SetOp, {NodeId{}, right}, since(rule.first()), {}, static_cast<uint8_t>(kind), flags);
  return pipe_step(PipeOp::SetOp, node, {}, rule.first());
}

/// `|> ORDER BY a`, `|> LIMIT 1 OFFSET 2`.
TreeBuilder::NodeId TreeBuilder::pipe_tail(QueryTail& rest, uint32_t first) {
  QueryTail own;
  uint32_t begin = at_;
  order_tail(own, &rest);
  if (!own.any()) {
    error(diag::Misplaced, {tokens_[first].begin, tokens_[first].end}, "nothing follows this `|>`");
  } else if (own.clauses.windows) {
    error(diag::Misplaced, span_of(own.clauses.windows), "in a pipe, `window` can only follow `select`");
  } else if (own.sorts() && own.limits()) {
    error(diag::Misplaced, token_span(begin), "one step of a pipe either sorts or limits").help =
        "put `|>` before `limit` too";
  } else {
    bool others = own.clauses.cluster || own.clauses.distribute || own.clauses.sort;
    bool cluster = own.clauses.cluster && (own.clauses.distribute || own.clauses.sort);
    if ((own.clauses.order && others) || cluster) {
      error(diag::Misplaced, token_span(begin), "these ways of sorting cannot be combined");
    }
  }
  NodeId query = query_node({}, {}, own, since(begin));
  return pipe_step(PipeOp::Tail, query, {}, begin);
}

}  // namespace pipec::syntax
