// Relations: what stands in FROM.
#include "syntax/tree_builder.h"

namespace pipec::syntax {

using namespace ast;

TreeBuilder::NodeId TreeBuilder::from_clause() {
  Rule rule(*this, GrammarRule::FromClause);
  skip();
  uint32_t first = at_;
  Ids relations;
  if (at(GrammarRule::ValuesHead)) {
    Rule head(*this, GrammarRule::ValuesHead);
    Ids rows = values_rows();
    NodeId row_list = list(rows, first + 1);
    NodeId alias;
    if (at(GrammarRule::TableAlias)) alias = table_alias();
    NodeId values = add(NodeKind::ValuesRef, {row_list, alias}, since(first));
    relations.push_back(relation_extensions(values, first));
    while (accept(COMMA)) relations.push_back(relation(GrammarRule::Relation, GrammarRule::RelationPrimary));
  } else {
    relations.push_back(relation(GrammarRule::Relation0, GrammarRule::RelationPrimary0));
    while (accept(COMMA)) relations.push_back(relation(GrammarRule::Relation, GrammarRule::RelationPrimary));
  }
  return list(relations, first);
}

TreeBuilder::NodeId TreeBuilder::maybe_lateral(GrammarRule primary_rule) {
  uint32_t first = at_;
  bool lateral = accept(K_LATERAL);
  NodeId inner = relation_primary(primary_rule);
  return lateral ? add(NodeKind::Lateral, {inner}, since(first)) : inner;
}

TreeBuilder::NodeId TreeBuilder::relation(GrammarRule which, GrammarRule primary_rule) {
  Rule rule(*this, which);
  NodeId left = maybe_lateral(primary_rule);
  return relation_extensions(left, rule.first());
}

TreeBuilder::NodeId TreeBuilder::relation_extensions(NodeId left, uint32_t first) {
  while (at(GrammarRule::RelationExtension)) {
    Rule rule(*this, GrammarRule::RelationExtension);
    if (at(GrammarRule::Pivot)) {
      left = pivot(left, first);
    } else if (at(GrammarRule::Unpivot)) {
      left = unpivot(left, first);
    } else {
      left = join(left, first);
    }
  }
  return left;
}

TreeBuilder::NodeId TreeBuilder::join(NodeId left, uint32_t first) {
  uint32_t begin = at_;
  uint16_t flags = accept(K_NATURAL) ? kNatural : 0;
  JoinKind kind = JoinKind::Inner;
  if (at(GrammarRule::JoinKind)) {
    Rule words(*this, GrammarRule::JoinKind);
    uint16_t side = type();
    skip();
    bool semi = is(K_SEMI);
    bool anti = is(K_ANTI);
    switch (side) {
      case K_CROSS:
        kind = JoinKind::Cross;
        break;
      case K_SEMI:
        kind = JoinKind::Semi;
        break;
      case K_ANTI:
        kind = JoinKind::Anti;
        break;
      case K_LEFT:
        kind = semi ? JoinKind::LeftSemi : anti ? JoinKind::LeftAnti : JoinKind::Left;
        break;
      case K_RIGHT:
        kind = JoinKind::Right;
        break;
      case K_FULL:
        kind = JoinKind::Full;
        break;
      default:
        break;
    }
    if ((semi || anti) && side != K_LEFT) {
      error(diag::Misplaced, since(words.first()), "only a left join can be semi or anti");
    }
  }
  accept(K_JOIN);
  NodeId right = maybe_lateral(GrammarRule::RelationPrimary);
  NodeId condition;
  if (at(GrammarRule::JoinCondition)) {
    Rule clause(*this, GrammarRule::JoinCondition);
    if (accept(K_ON)) {
      condition = expression();
    } else {
      skip();
      NodeId names = identifiers();
      Ids children(tree_.list(names).begin(), tree_.list(names).end());
      condition = add(NodeKind::Using, children, since(clause.first()));
      if (tree_.is<Lateral>(right)) {
        error(diag::Misplaced, span_of(condition), "a lateral relation cannot be joined with `using`");
      }
    }
  }
  if (flags != 0 && tree_.is<Lateral>(right)) {
    error(diag::Misplaced, token_span(begin), "a lateral relation cannot be joined with `natural`");
  }
  return add(NodeKind::Join, {left, right, condition}, since(first), {}, static_cast<uint8_t>(kind), flags);
}

TreeBuilder::NodeId TreeBuilder::relation_primary(GrammarRule which) {
  Rule rule(*this, which);
  uint32_t first = rule.first();
  if (which == GrammarRule::RelationPrimary) {
    if (at(GrammarRule::RelationPrimary0)) return relation_primary(GrammarRule::RelationPrimary0);
    Ids rows = values_rows();
    NodeId row_list = list(rows, first + 1);
    NodeId alias = table_alias();
    return add(NodeKind::ValuesRef, {row_list, alias}, since(first));
  }
  if (is(LPAREN)) return paren_relation(first);
  NodeId name = qname();
  uint32_t open = at_;
  if (accept(LPAREN)) {
    uint16_t flags = 0;
    NodeId items = at(GrammarRule::Arguments) ? arguments(flags) : list({}, open + 1);
    accept(RPAREN);
    if (flags != 0 || at(GrammarRule::Temporal) || at(GrammarRule::Sample)) {
      error(diag::Misplaced, token_span(flags != 0 ? open + 1 : at_), "this cannot stand with a table function");
      while (more() && !at(GrammarRule::TableAlias)) skip();
    }
    NodeId alias;
    if (at(GrammarRule::TableAlias)) alias = table_alias();
    return add(NodeKind::TableFunction, {name, items, alias}, since(first));
  }
  NodeId when;
  NodeId part;
  NodeId alias;
  if (at(GrammarRule::Temporal)) when = temporal();
  if (at(GrammarRule::Sample)) part = sample();
  if (at(GrammarRule::TableAlias)) alias = table_alias();
  return add(NodeKind::TableRef, {name, when, part, alias}, since(first));
}

TreeBuilder::NodeId TreeBuilder::paren_relation(uint32_t first) {
  skip();
  uint32_t inside = at_;
  NodeId query;
  NodeId relations;
  if (at(GrammarRule::QueryNoValues)) {
    query = query_no_values();
  } else if (at(GrammarRule::ValuesTerm)) {
    NodeId values = values_term();
    if (at(GrammarRule::RelationExtension)) {
      Values parts = tree_.get<Values>(values);
      values = add(NodeKind::ValuesRef, {parts.rows, parts.alias}, span_of(values));
      relations = relation_extensions(values, inside);
    } else {
      query = finish_query({}, values, inside);
    }
  } else {
    relations = relation(GrammarRule::Relation0, GrammarRule::RelationPrimary0);
  }
  while (accept(COMMA)) {
    NodeId right = relation(GrammarRule::Relation, GrammarRule::RelationPrimary);
    relations =
        add(NodeKind::Join, {relations, right, NodeId{}}, since(inside), {}, static_cast<uint8_t>(JoinKind::Comma));
  }
  if (relations && (at(GrammarRule::SetOp) || at(GrammarRule::OrderTail))) {
    bool bare = tree_.is<QueryRef>(relations) && !tree_.get<QueryRef>(relations).alias &&
                !tree_.get<QueryRef>(relations).sample;
    bool tail = !at_empty(GrammarRule::OrderTail) || is_pipe_ahead();
    if (bare) {
      query = finish_query({}, tree_.get<QueryRef>(relations).query, inside);
    } else if (tail) {
      error(diag::Misplaced, token_span(at_), "`" + std::string(token_text(at_)) + "` can only follow a query");
      while (more() && !is(RPAREN)) skip();
      at_ = limit_;
      return add(NodeKind::Error, {}, since(first));
    }
  }
  while (event_ < events_.size() && at_empty(GrammarRule::OrderTail)) ++event_;
  accept(RPAREN);
  NodeId part;
  NodeId alias;
  if (at(GrammarRule::Sample)) part = sample();
  if (at(GrammarRule::TableAlias)) alias = table_alias();
  if (query) return add(NodeKind::QueryRef, {query, part, alias}, since(first));
  return add(NodeKind::ParenRef, {relations, part, alias}, since(first));
}

TreeBuilder::NodeId TreeBuilder::table_alias() {
  Rule rule(*this, GrammarRule::TableAlias);
  accept(K_AS);
  bool quoted = type() == BACKTICK;
  Symbol name = identifier_text(at_);
  if (at(GrammarRule::Ident)) {
    ident();
  } else {
    ident(GrammarRule::RelationAlias);
  }
  NodeId columns;
  if (at(GrammarRule::Identifiers)) columns = identifiers();
  return add(NodeKind::Alias, {columns}, since(rule.first()), name, 0, quoted ? kQuoted : 0);
}

TreeBuilder::NodeId TreeBuilder::temporal() {
  Rule rule(*this, GrammarRule::Temporal);
  accept(K_FOR);
  bool version = is(K_VERSION) || is(K_SYSTEM_VERSION);
  skip();
  skip();
  skip();
  NodeId value = arith();
  return add(NodeKind::Temporal, {value}, since(rule.first()), Symbol::of(version ? "version" : "timestamp"));
}

TreeBuilder::NodeId TreeBuilder::sample() {
  Rule rule(*this, GrammarRule::Sample);
  skip();
  skip();
  NodeId value;
  NodeId of;
  NodeId seed;
  uint16_t flags = 0;
  if (!at(GrammarRule::Expr)) {  // BUCKET x OUT OF y
    skip();
    value = number();
    skip();
    skip();
    of = number();
  } else {
    value = expression();
    if (is(K_PERCENT)) flags = kPercent;
    skip();
  }
  accept(RPAREN);
  if (accept(K_REPEATABLE)) {
    accept(LPAREN);
    seed = number();
    accept(RPAREN);
  }
  return add(NodeKind::Sample, {value, of, seed}, since(rule.first()), {}, 0, flags);
}

TreeBuilder::NodeId TreeBuilder::aliased() {
  Rule rule(*this, GrammarRule::AliasedExpr);
  NodeId value = expression();
  accept(K_AS);
  Symbol alias;
  uint16_t flags = 0;
  if (more()) {
    flags = type() == BACKTICK ? kQuoted : 0;
    alias = identifier_text(at_);
    ident();
  }
  return add(NodeKind::SelectItem, {value, NodeId{}}, since(rule.first()), alias, 0, flags);
}

TreeBuilder::Ids TreeBuilder::aliased_list() {
  Ids items;
  do {
    items.push_back(aliased());
  } while (accept(COMMA));
  return items;
}

TreeBuilder::NodeId TreeBuilder::name_list() {
  if (at(GrammarRule::Identifiers)) return identifiers();
  uint32_t first = at_;
  Ids names{ident()};
  return list(names, first);
}

TreeBuilder::NodeId TreeBuilder::pivot(NodeId input, uint32_t first) {
  Rule rule(*this, GrammarRule::Pivot);
  skip();
  skip();
  uint32_t begin = at_;
  Ids items = aliased_list();
  NodeId aggregates = list(items, begin);
  accept(K_FOR);
  NodeId columns = name_list();
  accept(K_IN);
  accept(LPAREN);
  begin = at_;
  items = aliased_list();
  NodeId values = list(items, begin);
  accept(RPAREN);
  accept(RPAREN);
  NodeId alias;
  if (at(GrammarRule::TableAlias)) alias = table_alias();
  return add(NodeKind::Pivot, {input, aggregates, columns, values, alias}, since(first));
}

TreeBuilder::NodeId TreeBuilder::unpivot(NodeId input, uint32_t first) {
  Rule rule(*this, GrammarRule::Unpivot);
  skip();
  uint16_t flags = 0;
  if (is(K_INCLUDE) || is(K_EXCLUDE)) {
    if (is(K_INCLUDE)) flags = kAll;
    skip();
    skip();
  }
  skip();
  NodeId values = name_list();
  accept(K_FOR);
  NodeId label = ident();
  accept(K_IN);
  accept(LPAREN);
  uint32_t begin = at_;
  Ids items = aliased_list();
  NodeId inputs = list(items, begin);
  accept(RPAREN);
  accept(RPAREN);
  NodeId alias;
  if (at(GrammarRule::TableAlias)) alias = table_alias();
  return add(NodeKind::Unpivot, {input, values, label, inputs, alias}, since(first), {}, 0, flags);
}

TreeBuilder::NodeId TreeBuilder::lateral_view() {
  Rule rule(*this, GrammarRule::LateralView);
  skip();
  skip();
  uint16_t flags = 0;
  uint32_t call_first = at_;
  if (is(K_OUTER) && !at(GrammarRule::Qname)) {
    flags = kOuter;
    skip();
    call_first = at_;
  }
  NodeId function = qname();
  uint32_t open = at_;
  skip();
  uint16_t call_flags = 0;
  NodeId items = at(GrammarRule::Arguments) ? arguments(call_flags) : list({}, open + 1);
  accept(RPAREN);
  NodeId call =
      add(NodeKind::Call, {function, items, NodeId{}, NodeId{}, NodeId{}}, since(call_first), {}, 0, call_flags);
  Symbol name;
  if (at(GrammarRule::RelationAlias)) {
    if (type() == BACKTICK) flags |= kQuoted;
    name = identifier_text(at_);
    ident(GrammarRule::RelationAlias);
  }
  NodeId columns;
  if (accept(K_AS)) {
    Rule names(*this, GrammarRule::IdentList);
    Ids children;
    do {
      children.push_back(ident());
    } while (accept(COMMA));
    columns = list(children, names.first());
  }
  return add(NodeKind::LateralView, {call, columns}, since(rule.first()), name, 0, flags);
}

}  // namespace pipec::syntax
