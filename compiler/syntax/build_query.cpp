// Queries: SELECT and its clauses, set operations with their precedence, the tail of a query.
#include "syntax/tree_builder.h"

namespace pipec::syntax {

using namespace ast;

TreeBuilder::NodeId TreeBuilder::query() {
  Rule rule(*this, GrammarRule::Query);
  if (at(GrammarRule::Query0)) return query0();
  skip();
  NodeId inner = query();
  accept(RPAREN);
  return finish_query({}, inner, rule.first());
}

TreeBuilder::NodeId TreeBuilder::query0() {
  Rule rule(*this, GrammarRule::Query0);
  if (at(GrammarRule::QueryNoValues)) return query_no_values();
  NodeId body = values_term();
  return finish_query({}, body, rule.first());
}

TreeBuilder::NodeId TreeBuilder::query_no_values() {
  Rule rule(*this, GrammarRule::QueryNoValues);
  NodeId with;
  if (at(GrammarRule::WithClause)) with = with_clause();
  NodeId body = query_term();
  return finish_query(with, body, rule.first());
}

TreeBuilder::NodeId TreeBuilder::query_term() {
  if (at(GrammarRule::QueryTerm)) {
    Rule rule(*this, GrammarRule::QueryTerm);
    if (accept(LPAREN)) {
      NodeId inner = query();
      accept(RPAREN);
      return inner;
    }
    return query_term();
  }
  if (at(GrammarRule::SelectCore)) return select_core();
  if (at(GrammarRule::ValuesTerm)) return values_term();
  if (at(GrammarRule::FromTerm)) return from_term();
  Rule rule(*this, GrammarRule::TableTerm);
  skip();
  NodeId table = qname();
  return add(NodeKind::TableQuery, {table}, since(rule.first()));
}

/// The set operations that follow. INTERSECT binds tighter than the others; behind `|>` the first one does not wait.
TreeBuilder::NodeId TreeBuilder::set_operations(NodeId body) {
  struct Pending {
    NodeId left;
    SetOpKind kind;
    uint16_t flags;
  };
  std::vector<Pending> stack;
  auto binds = [](SetOpKind kind) { return kind == SetOpKind::Intersect ? 2 : 1; };
  auto fold = [&](int down_to) {
    while (!stack.empty() && binds(stack.back().kind) >= down_to) {
      Pending top = stack.back();
      stack.pop_back();
      Span span{span_of(top.left).begin, span_of(body).end};
      body = add(NodeKind::SetOp, {top.left, body}, span, {}, static_cast<uint8_t>(top.kind), top.flags);
    }
  };
  while (at(GrammarRule::SetOp)) {
    Rule rule(*this, GrammarRule::SetOp);
    uint16_t flags = 0;
    SetOpKind kind = set_operator(flags);
    fold(binds(kind));
    stack.push_back({body, kind, flags});
    body = query_term();
  }
  fold(0);
  return body;
}

SetOpKind TreeBuilder::set_operator(uint16_t& flags) {
  SetOpKind kind = is(K_UNION)       ? SetOpKind::Union
                   : is(K_INTERSECT) ? SetOpKind::Intersect
                   : is(K_EXCEPT)    ? SetOpKind::Except
                                     : SetOpKind::Minus;
  skip();
  if (accept(K_ALL)) flags = kAll;
  if (accept(K_DISTINCT)) flags = kDistinct;
  if (accept(K_BY) && accept(K_NAME)) flags |= kByName;
  return kind;
}

TreeBuilder::NodeId TreeBuilder::finish_query(NodeId with, NodeId body, uint32_t first) {
  QueryTail tail;
  body = set_operations(body);
  if (at(GrammarRule::OrderTail)) order_tail(tail, nullptr);
  if (at(GrammarRule::PipeStep)) body = pipe(body, tail);
  return query_node(with, body, tail, since(first));
}

TreeBuilder::NodeId TreeBuilder::query_node(NodeId with, NodeId body, const QueryTail& tail, Span span) {
  const ast::Query& parts = tail.clauses;
  return add(
      NodeKind::Query,
      {with, body, parts.order, parts.sort, parts.cluster, parts.distribute, parts.windows, parts.limit, parts.offset},
      span, {}, 0, tail.flags);
}

/// `rest` gets what begins anew, after a step of a pipe: `|> order by a` and behind it the query's own `order by b`.
void TreeBuilder::order_tail(QueryTail& tail, QueryTail* rest) {
  Rule rule(*this, GrammarRule::OrderTail);
  QueryTail* into = &tail;
  int reached = -1;
  auto belongs = [&](int rank) {
    if (rest != nullptr && rank <= reached) into = rest;
    reached = rank;
  };
  auto once = [&](NodeId ast::Query::* slot, NodeId value, uint32_t first, std::string_view words) {
    NodeId& place = into->clauses.*slot;
    if (place) {
      error(diag::Misplaced, {tokens_[first].begin, span_of(value).end},
            "a query can have only one `" + std::string(words) + "`");
    }
    place = value;
  };
  while (more()) {
    uint32_t first = at_;
    if (at(GrammarRule::OrderBy)) {
      belongs(0);
      Rule clause(*this, GrammarRule::OrderBy);
      skip();
      skip();
      once(&ast::Query::order, order_list(), first, "order by");
    } else if (at(GrammarRule::ClusterBy)) {
      belongs(1);
      Rule clause(*this, GrammarRule::ClusterBy);
      skip();
      skip();
      once(&ast::Query::cluster, expression_list(), first, "cluster by");
    } else if (at(GrammarRule::DistributeBy)) {
      belongs(2);
      Rule clause(*this, GrammarRule::DistributeBy);
      skip();
      skip();
      once(&ast::Query::distribute, expression_list(), first, "distribute by");
    } else if (at(GrammarRule::SortBy)) {
      belongs(3);
      Rule clause(*this, GrammarRule::SortBy);
      skip();
      skip();
      once(&ast::Query::sort, order_list(), first, "sort by");
    } else if (at(GrammarRule::WindowClause)) {
      belongs(4);
      once(&ast::Query::windows, window_clause(), first, "window");
    } else if (accept(K_LIMIT)) {
      belongs(5);
      if (accept(K_ALL)) {
        into->flags |= kAll;
      } else {
        into->clauses.limit = expression();
      }
    } else if (accept(K_OFFSET)) {
      belongs(6);
      into->clauses.offset = expression();
    } else {
      return;
    }
  }
}

TreeBuilder::NodeId TreeBuilder::window_clause() {
  Rule clause(*this, GrammarRule::WindowClause);
  skip();
  Ids windows;
  do {
    Rule window(*this, GrammarRule::NamedWindow);
    Symbol name = identifier_text(at_);
    uint16_t flags = type() == BACKTICK ? kQuoted : 0;
    ident();
    accept(K_AS);
    NodeId spec = window_spec();
    windows.push_back(add(NodeKind::NamedWindow, {spec}, since(window.first()), name, 0, flags));
  } while (accept(COMMA), more());
  return list(windows, clause.first());
}

TreeBuilder::NodeId TreeBuilder::with_clause() {
  Rule rule(*this, GrammarRule::WithClause);
  skip();
  uint16_t flags = 0;
  if (!at(GrammarRule::Cte) && accept(K_RECURSIVE)) flags = kRecursive;
  uint32_t first_cte = at_;
  Ids ctes;
  do {
    Rule cte(*this, GrammarRule::Cte);
    bool quoted = type() == BACKTICK;
    Symbol name = identifier_text(at_);
    ident();
    NodeId columns;
    if (at(GrammarRule::Identifiers)) columns = identifiers();
    NodeId limit;
    if (accept(K_MAX)) {
      skip();
      skip();
      limit = number();
      if (flags == 0) error(diag::Misplaced, span_of(limit), "only `with recursive` has a recursion level");
    }
    accept(K_AS);
    accept(LPAREN);
    NodeId inner = query();
    accept(RPAREN);
    ctes.push_back(add(NodeKind::Cte, {columns, inner, limit}, since(cte.first()), name, 0, quoted ? kQuoted : 0));
  } while (accept(COMMA));
  NodeId items = list(ctes, first_cte);
  return add(NodeKind::With, {items}, since(rule.first()), {}, 0, flags);
}

TreeBuilder::NodeId TreeBuilder::select_core() {
  Rule rule(*this, GrammarRule::SelectCore);
  uint16_t flags = 0;
  ast::Select parts = select_head(flags);
  if (at(GrammarRule::FromClause)) parts.from = from_clause();
  select_clauses(parts);
  return select_node(parts, SelectForm::Plain, flags, rule.first());
}

/// FROM t, and perhaps SELECT and the rest behind it.
TreeBuilder::NodeId TreeBuilder::from_term() {
  Rule rule(*this, GrammarRule::FromTerm);
  NodeId from = from_clause();
  NodeId views = lateral_views();
  if (!at(GrammarRule::FromSelect)) return add(NodeKind::FromQuery, {from, views}, since(rule.first()));
  Rule select(*this, GrammarRule::FromSelect);
  uint16_t flags = 0;
  ast::Select parts = select_head(flags);
  parts.from = from;
  select_clauses(parts);
  if (views && parts.views) {
    error(diag::Misplaced, span_of(parts.views), "the lateral views stand together, before `select`");
  }
  if (views) parts.views = views;
  return select_node(parts, SelectForm::FromFirst, flags, rule.first());
}

ast::Select TreeBuilder::select_head(uint16_t& flags) {
  Rule rule(*this, GrammarRule::SelectHead);
  ast::Select parts{};
  skip();
  if (at(GrammarRule::Hints)) parts.hints = hints();
  if (!at(GrammarRule::SelectItem)) {
    if (is(K_DISTINCT)) flags = kDistinct;
    skip();
  }
  parts.items = select_items();
  return parts;
}

TreeBuilder::NodeId TreeBuilder::select_items() {
  uint32_t first = at_;
  Ids items;
  do {
    items.push_back(select_item());
  } while (accept(COMMA));
  return list(items, first);
}

TreeBuilder::NodeId TreeBuilder::lateral_views() {
  uint32_t first = at_;
  Ids views;
  while (at(GrammarRule::LateralView)) views.push_back(lateral_view());
  return views.empty() ? NodeId{} : list(views, first);
}

void TreeBuilder::select_clauses(ast::Select& parts) {
  parts.views = lateral_views();
  auto condition = [&](GrammarRule clause) -> NodeId {
    if (!at(clause)) return {};
    Rule inner(*this, clause);
    skip();
    return expression();
  };
  parts.where = condition(GrammarRule::WhereClause);
  if (at(GrammarRule::GroupBy)) parts.group = group_by();
  parts.having = condition(GrammarRule::HavingClause);
  parts.qualify = condition(GrammarRule::QualifyClause);
}

TreeBuilder::NodeId TreeBuilder::select_node(const ast::Select& parts, SelectForm form, uint16_t flags,
                                             uint32_t first) {
  no_stray_star({});
  return add(NodeKind::Select,
             {parts.hints, parts.items, parts.from, parts.views, parts.where, parts.group, parts.having, parts.qualify},
             since(first), {}, static_cast<uint8_t>(form), flags);
}

TreeBuilder::NodeId TreeBuilder::hints() {
  Rule rule(*this, GrammarRule::Hints);
  skip();
  Ids items;
  while (at(GrammarRule::Hint)) {
    {
      Rule hint(*this, GrammarRule::Hint);
      Symbol name = identifier_text(at_);
      ident();
      uint32_t open = at_;
      Ids arguments;
      accept(LPAREN);
      while (at(GrammarRule::HintArgument)) {
        {
          Rule argument(*this, GrammarRule::HintArgument);
          arguments.push_back(is(INTEGER) ? number() : qname());
        }
        accept(COMMA);
      }
      at_ = limit_;
      NodeId argument_list = list(arguments, open);
      items.push_back(add(NodeKind::Hint, {argument_list}, since(hint.first()), name));
    }
    accept(COMMA);
  }
  at_ = limit_;
  return list(items, rule.first());
}

TreeBuilder::NodeId TreeBuilder::select_item() {
  Rule rule(*this, GrammarRule::SelectItem);
  if (at(GrammarRule::Star)) return star();
  NodeId value = expression();
  no_stray_star(value);
  no_stray_nulls();
  if (tree_.is<Star>(value)) {
    if (more()) error(diag::Misplaced, since(rule.first()), "`*` has no alias");
    at_ = limit_;
    return value;
  }
  NodeId aliases;
  Symbol alias;
  uint16_t flags = 0;
  accept(K_AS);
  if (at(GrammarRule::Identifiers)) {
    aliases = identifiers();
  } else if (more()) {
    flags = type() == BACKTICK ? kQuoted : 0;
    alias = identifier_text(at_);
    skip();
  }
  return add(NodeKind::SelectItem, {value, aliases}, since(rule.first()), alias, 0, flags);
}

TreeBuilder::NodeId TreeBuilder::group_by() {
  Rule rule(*this, GrammarRule::GroupBy);
  skip();
  skip();
  uint16_t flags = 0;
  GroupKind kind = GroupKind::Plain;
  NodeId sets;
  Ids items;
  uint32_t first_item = at_;
  NodeId item_list;
  if (!at(GrammarRule::GroupItem) && accept(K_ALL)) {
    flags = kAll;
    item_list = list(items, at_);
  } else {
    do {
      Rule item(*this, GrammarRule::GroupItem);
      items.push_back(at(GrammarRule::GroupingSets) ? grouping_sets() : expression());
    } while (accept(COMMA));
    item_list = list(items, first_item);
    if (accept(K_WITH)) {
      kind = is(K_ROLLUP) ? GroupKind::Rollup : GroupKind::Cube;
      skip();
    } else if (at(GrammarRule::GroupingSets)) {
      kind = GroupKind::GroupingSets;
      sets = tree_.get<GroupingSets>(grouping_sets()).sets;
    }
  }
  return add(NodeKind::GroupBy, {item_list, sets}, since(rule.first()), {}, static_cast<uint8_t>(kind), flags);
}

TreeBuilder::NodeId TreeBuilder::grouping_sets() {
  Rule rule(*this, GrammarRule::GroupingSets);
  skip();
  skip();
  uint32_t open = at_;
  skip();
  Ids sets;
  do {
    Rule item(*this, GrammarRule::GroupItem);
    sets.push_back(at(GrammarRule::GroupingSets) ? grouping_sets() : expression());
  } while (accept(COMMA));
  accept(RPAREN);
  NodeId set_list = list(sets, open);
  return add(NodeKind::GroupingSets, {set_list}, since(rule.first()));
}

TreeBuilder::NodeId TreeBuilder::order_list() {
  Rule rule(*this, GrammarRule::OrderList);
  auto direction = [&]() -> uint16_t {
    uint16_t flags = 0;
    if (accept(K_ASC)) flags |= kAscWritten;
    if (accept(K_DESC)) flags |= kDesc;
    if (accept(K_NULLS)) {
      flags |= is(K_FIRST) ? kNullsFirst : kNullsLast;
      skip();
    }
    return flags;
  };
  if (at(GrammarRule::OrderAll)) {
    Rule all(*this, GrammarRule::OrderAll);
    skip();
    auto flags = static_cast<uint16_t>(direction() | kAll);
    return add(NodeKind::OrderAll, {}, since(rule.first()), {}, 0, flags);
  }
  Ids items;
  do {
    Rule item(*this, GrammarRule::OrderItem);
    NodeId value = expression();
    uint16_t flags = direction();
    items.push_back(add(NodeKind::OrderItem, {value}, since(item.first()), {}, 0, flags));
  } while (accept(COMMA));
  return list(items, rule.first());
}

TreeBuilder::Ids TreeBuilder::values_rows() {
  skip();
  Ids rows;
  do {
    rows.push_back(expression());
  } while (accept(COMMA));
  return rows;
}

TreeBuilder::NodeId TreeBuilder::values_term() {
  Rule rule(*this, GrammarRule::ValuesTerm);
  Ids rows = values_rows();
  NodeId row_list = list(rows, rule.first() + 1);
  NodeId alias;
  if (at(GrammarRule::TableAlias)) alias = table_alias();
  return add(NodeKind::Values, {row_list, alias}, since(rule.first()));
}

}  // namespace pipec::syntax
