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
  Rule rule(*this, GrammarRule::TableTerm);
  skip();
  NodeId table = qname();
  return add(NodeKind::TableQuery, {table}, since(rule.first()));
}

TreeBuilder::NodeId TreeBuilder::finish_query(NodeId with, NodeId body, uint32_t first) {
  struct Pending {
    NodeId left;
    SetOpKind kind;
    uint16_t flags;
  };
  // INTERSECT binds tighter than the others.
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
    SetOpKind kind = is(K_UNION)       ? SetOpKind::Union
                     : is(K_INTERSECT) ? SetOpKind::Intersect
                     : is(K_EXCEPT)    ? SetOpKind::Except
                                       : SetOpKind::Minus;
    skip();
    uint16_t flags = accept(K_ALL) ? kAll : 0;
    if (accept(K_DISTINCT)) flags = kDistinct;
    fold(binds(kind));
    stack.push_back({body, kind, flags});
    body = query_term();
  }
  fold(0);
  ast::Query parts{};
  parts.with = with;
  parts.body = body;
  uint16_t flags = 0;
  if (at(GrammarRule::OrderTail)) order_tail(parts, flags);
  return add(NodeKind::Query,
             {parts.with, parts.body, parts.order, parts.sort, parts.cluster, parts.distribute, parts.windows,
              parts.limit, parts.offset},
             since(first), {}, 0, flags);
}

void TreeBuilder::order_tail(ast::Query& query, uint16_t& flags) {
  Rule rule(*this, GrammarRule::OrderTail);
  auto once = [&](NodeId& slot, NodeId value, uint32_t first, std::string_view words) {
    if (slot) {
      error(diag::Misplaced, {tokens_[first].begin, span_of(value).end},
            "a query can have only one `" + std::string(words) + "`");
    }
    slot = value;
  };
  while (more()) {
    uint32_t first = at_;
    if (at(GrammarRule::OrderBy)) {
      Rule clause(*this, GrammarRule::OrderBy);
      skip();
      skip();
      once(query.order, order_list(), first, "order by");
    } else if (at(GrammarRule::SortBy)) {
      Rule clause(*this, GrammarRule::SortBy);
      skip();
      skip();
      once(query.sort, order_list(), first, "sort by");
    } else if (at(GrammarRule::ClusterBy)) {
      Rule clause(*this, GrammarRule::ClusterBy);
      skip();
      skip();
      once(query.cluster, expression_list(), first, "cluster by");
    } else if (at(GrammarRule::DistributeBy)) {
      Rule clause(*this, GrammarRule::DistributeBy);
      skip();
      skip();
      once(query.distribute, expression_list(), first, "distribute by");
    } else if (at(GrammarRule::WindowClause)) {
      Rule clause(*this, GrammarRule::WindowClause);
      skip();
      Ids windows;
      do {
        Rule window(*this, GrammarRule::NamedWindow);
        Symbol name = identifier_text(at_);
        uint16_t window_flags = type() == BACKTICK ? kQuoted : 0;
        ident();
        accept(K_AS);
        NodeId spec = window_spec();
        windows.push_back(add(NodeKind::NamedWindow, {spec}, since(window.first()), name, 0, window_flags));
      } while (accept(COMMA), more());
      once(query.windows, list(windows, first), first, "window");
    } else if (accept(K_LIMIT)) {
      if (accept(K_ALL)) {
        flags |= kAll;
      } else {
        query.limit = expression();
      }
    } else if (accept(K_OFFSET)) {
      query.offset = expression();
    } else {
      return;
    }
  }
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
  skip();
  NodeId hint_list;
  if (at(GrammarRule::Hints)) hint_list = hints();
  uint16_t flags = 0;
  if (!at(GrammarRule::SelectItem)) {
    if (is(K_DISTINCT)) flags = kDistinct;
    skip();
  }
  uint32_t first_item = at_;
  Ids items;
  do {
    items.push_back(select_item());
  } while (accept(COMMA));
  NodeId item_list = list(items, first_item);
  NodeId from;
  NodeId where;
  NodeId group;
  NodeId having;
  NodeId qualify;
  NodeId view_list;
  if (at(GrammarRule::FromClause)) from = from_clause();
  uint32_t first_view = at_;
  Ids views;
  while (at(GrammarRule::LateralView)) views.push_back(lateral_view());
  if (!views.empty()) view_list = list(views, first_view);
  auto condition = [&](GrammarRule clause) -> NodeId {
    if (!at(clause)) return {};
    Rule inner(*this, clause);
    skip();
    return expression();
  };
  where = condition(GrammarRule::WhereClause);
  if (at(GrammarRule::GroupBy)) group = group_by();
  having = condition(GrammarRule::HavingClause);
  qualify = condition(GrammarRule::QualifyClause);
  no_stray_star({});
  return add(NodeKind::Select, {hint_list, item_list, from, view_list, where, group, having, qualify},
             since(rule.first()), {}, 0, flags);
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
