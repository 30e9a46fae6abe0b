// Expressions: precedence, predicates, operands with what follows them.
#include <array>

#include "syntax/tree_builder.h"

namespace pipec::syntax {

using namespace ast;

namespace {

struct Operator {
  BinaryOp op;
  uint8_t binds;  // the higher, the tighter
};

Operator arithmetic(uint16_t type) {
  switch (type) {
    case STAR:
      return {BinaryOp::Multiply, 6};
    case SLASH:
      return {BinaryOp::Divide, 6};
    case PCT:
      return {BinaryOp::Modulo, 6};
    case K_DIV:
      return {BinaryOp::IntDiv, 6};
    case PLUS:
      return {BinaryOp::Add, 5};
    case MINUS:
      return {BinaryOp::Subtract, 5};
    case CONCAT:
      return {BinaryOp::Concat, 5};
    case LT:
      return {BinaryOp::ShiftLeft, 4};
    case GT:
      return {BinaryOp::ShiftRight, 4};
    case AMP:
      return {BinaryOp::BitAnd, 3};
    case CARET:
      return {BinaryOp::BitXor, 2};
    default:
      return {BinaryOp::BitOr, 1};
  }
}

BinaryOp comparison(uint16_t type) {
  switch (type) {
    case NSEQ:
      return BinaryOp::NullSafeEq;
    case NEQ:
    case NEQ2:
      return BinaryOp::NotEq;
    case LT:
      return BinaryOp::Lt;
    case LTE:
    case NOT_GT:
      return BinaryOp::LtEq;
    case GT:
      return BinaryOp::Gt;
    case GTE:
    case NOT_LT:
      return BinaryOp::GtEq;
    default:
      return BinaryOp::Eq;
  }
}

Span spanning(Span left, Span right) {
  return {left.begin, right.end};
}

}  // namespace

TreeBuilder::NodeId TreeBuilder::expression() {
  Rule rule(*this, GrammarRule::Expr);
  auto negated = [&]() -> NodeId {
    std::vector<uint32_t> nots;
    while (is(K_NOT) || is(BANG)) {
      nots.push_back(at_);
      skip();
    }
    NodeId value = predicated();
    for (size_t i = nots.size(); i-- > 0;) {
      value = add(NodeKind::Unary, {value}, since(nots[i]), {}, static_cast<uint8_t>(UnaryOp::Not));
    }
    return value;
  };
  // AND binds tighter than OR; both are folded from the left.
  NodeId any;
  NodeId all = negated();
  while (more()) {
    bool is_and = is(K_AND);
    skip();
    NodeId next = negated();
    if (is_and) {
      all = add(NodeKind::Binary, {all, next}, spanning(span_of(all), span_of(next)), {},
                static_cast<uint8_t>(BinaryOp::And));
      continue;
    }
    any = any ? add(NodeKind::Binary, {any, all}, spanning(span_of(any), span_of(all)), {},
                    static_cast<uint8_t>(BinaryOp::Or))
              : all;
    all = next;
  }
  if (!any) return all;
  return add(NodeKind::Binary, {any, all}, spanning(span_of(any), span_of(all)), {},
             static_cast<uint8_t>(BinaryOp::Or));
}

TreeBuilder::NodeId TreeBuilder::predicated() {
  Rule rule(*this, GrammarRule::Predicated);
  NodeId value = arith();
  bool closed = false;  // after BETWEEN, IN, LIKE, IS nothing may follow without parentheses
  while (more()) {
    if (closed) {
      error(diag::Misplaced, token_span(at_), "a predicate cannot be followed by another operator").help =
          "put the first one in parentheses";
      return value;
    }
    if (at(GrammarRule::PredicateTail)) {
      value = predicate_tail(value, rule.first());
      closed = true;
      continue;
    }
    BinaryOp op = comparison(type());
    skip();
    NodeId right = arith();
    value =
        add(NodeKind::Binary, {value, right}, spanning(span_of(value), span_of(right)), {}, static_cast<uint8_t>(op));
  }
  return value;
}

TreeBuilder::NodeId TreeBuilder::predicate_tail(NodeId operand, uint32_t first) {
  Rule rule(*this, GrammarRule::PredicateTail);
  uint16_t flags = 0;
  if (accept(K_IS)) {
    if (accept(K_NOT)) flags |= kNegated;
    if (accept(K_DISTINCT)) {
      skip();
      NodeId right = arith();
      return add(NodeKind::IsDistinct, {operand, right}, since(first), {}, 0, flags);
    }
    IsOp op = is(K_NULL) ? IsOp::Null : is(K_TRUE) ? IsOp::True : is(K_FALSE) ? IsOp::False : IsOp::Unknown;
    skip();
    return add(NodeKind::Is, {operand}, since(first), {}, static_cast<uint8_t>(op), flags);
  }
  if (accept(K_NOT)) flags |= kNegated;
  uint16_t word = type();
  skip();
  if (word == K_BETWEEN) {
    NodeId low = arith();
    accept(K_AND);
    NodeId high = arith();
    return add(NodeKind::Between, {operand, low, high}, since(first), {}, 0, flags);
  }
  if (word == K_IN) {
    uint32_t open = at_;
    skip();
    ParenBody body = paren_body();
    skip();
    if (body.query) return add(NodeKind::InQuery, {operand, body.query}, since(first), {}, 0, flags);
    NodeId items = list(body.items, open);
    return add(NodeKind::InList, {operand, items}, since(first), {}, 0, flags);
  }
  auto op = static_cast<uint8_t>(word == K_LIKE ? LikeOp::Like : word == K_ILIKE ? LikeOp::ILike : LikeOp::RLike);
  NodeId pattern;
  NodeId patterns;
  Quantifier quantifier = Quantifier::All;
  if (is(K_ALL)) {
    skip();
    uint32_t open = at_;
    skip();
    Rule items(*this, GrammarRule::ExprList);
    Ids all;
    do {
      all.push_back(expression());
    } while (accept(COMMA));
    patterns = list(all, open);
  } else {
    pattern = arith();
    // `any (...)` and `some (...)` parse as calls.
    if (tree_.is<Call>(pattern) && word != K_RLIKE && word != K_REGEXP) {
      Call call = tree_.get<Call>(pattern);
      std::string_view name = tree_.dotted(call.function).folded().text();
      bool bare = !call.filter && !call.window && !call.within_group && tree_[pattern].op == 0;
      if (bare && (name == "any" || name == "some")) {
        quantifier = name == "any" ? Quantifier::Any : Quantifier::Some;
        patterns = call.arguments;
        if (tree_.list(patterns).empty()) {
          error(diag::Misplaced, span_of(pattern), "this list of patterns is empty");
        }
      }
    }
  }
  accept(RPAREN);
  NodeId escape;
  if (accept(K_ESCAPE)) escape = string_literal();
  if (patterns) {
    if (escape) error(diag::Misplaced, span_of(escape), "`escape` cannot follow a list of patterns");
    op |= static_cast<uint8_t>(static_cast<uint8_t>(quantifier) << 4);
    return add(NodeKind::LikeQuantified, {operand, patterns}, since(first), {}, op, flags);
  }
  return add(NodeKind::Like, {operand, pattern, escape}, since(first), {}, op, flags);
}

TreeBuilder::NodeId TreeBuilder::arith() {
  Rule rule(*this, GrammarRule::Arith);
  NodeId value = operand();
  if (!more()) return value;
  struct Pending {
    NodeId left;
    Operator op;
  };
  std::vector<Pending> stack;
  auto fold = [&](uint8_t down_to) {
    while (!stack.empty() && stack.back().op.binds >= down_to) {
      Pending top = stack.back();
      stack.pop_back();
      value = add(NodeKind::Binary, {top.left, value}, spanning(span_of(top.left), span_of(value)), {},
                  static_cast<uint8_t>(top.op.op));
    }
  };
  while (more()) {
    Operator op = arithmetic(type());
    uint32_t sign = at_;
    skip();
    if (op.op == BinaryOp::ShiftLeft || op.op == BinaryOp::ShiftRight) {
      skip();
      bool together = glued(sign);
      if (op.op == BinaryOp::ShiftRight && is(GT)) {
        skip();
        op.op = BinaryOp::ShiftRightUnsigned;
        together &= glued(sign + 1);
      }
      if (!together) {
        error(diag::Misplaced, since(sign), "a shift is written without spaces inside");
      }
    }
    fold(op.binds);
    stack.push_back({value, op});
    value = operand();
  }
  fold(0);
  return value;
}

TreeBuilder::NodeId TreeBuilder::operand() {
  Rule rule(*this, GrammarRule::Operand);
  std::vector<uint32_t> signs;
  while (is(MINUS) || is(PLUS) || is(TILDE)) {
    signs.push_back(at_);
    skip();
  }
  uint32_t first = at_;
  Ids names;  // a.b.c while it may still be the name of a column or function
  NodeId value = primary(names);
  while (more()) value = postfix(value, names, first);
  if (!names.empty()) value = add(NodeKind::ColumnRef, names, since(first));
  for (size_t i = signs.size(); i-- > 0;) {
    UnaryOp op = tokens_[signs[i]].type == MINUS  ? UnaryOp::Minus
                 : tokens_[signs[i]].type == PLUS ? UnaryOp::Plus
                                                  : UnaryOp::BitNot;
    value = add(NodeKind::Unary, {value}, since(signs[i]), {}, static_cast<uint8_t>(op));
  }
  return value;
}

TreeBuilder::NodeId TreeBuilder::postfix(NodeId value, Ids& names, uint32_t first) {
  Rule rule(*this, GrammarRule::Postfix);
  if (is(DOT) && !names.empty()) {  // one more part of a dotted name
    skip();
    if (accept(STAR)) {
      NodeId qualifier = add(NodeKind::QName, names, {span_of(names.front()).begin, span_of(names.back()).end});
      names.clear();
      NodeId except = star_except();
      stray_star_ = add(NodeKind::Star, {qualifier, except}, since(first));
      return stray_star_;
    }
    names.push_back(ident());
    if (!at(GrammarRule::CallTail)) return {};
    NodeId function = add(NodeKind::QName, names, since(first));
    names.clear();
    return call_tail(function, first);
  }
  if (!names.empty()) {
    value = add(NodeKind::ColumnRef, names, {span_of(names.front()).begin, span_of(names.back()).end});
    names.clear();
  }
  auto bracket = [&]() -> NodeId {  // after '['
    NodeId index;
    if (is(STAR)) {
      skip();
      index = add(NodeKind::Star, {NodeId{}, NodeId{}}, token_span(at_ - 1));
    } else {
      index = expression();
    }
    accept(RBRACK);
    return index;
  };
  switch (type()) {
    case LBRACK: {
      skip();
      NodeId index = bracket();
      return add(NodeKind::Subscript, {value, index}, since(first));
    }
    case DOT: {
      skip();
      if (accept(STAR)) {
        error(diag::Misplaced, since(rule.first()), "`.*` needs the name of a relation or column before it");
        star_except();
        return value;
      }
      bool quoted = type() == BACKTICK;
      Symbol name = identifier_text(at_);
      ident();
      if (at(GrammarRule::CallTail)) {
        error(diag::Misplaced, span_of(value), "only a name can be called");
        call_tail(add(NodeKind::QName, {}, {}), first);
        return value;
      }
      return add(NodeKind::Field, {value}, since(first), name, 0, quoted ? kQuoted : 0);
    }
    case COLON2: {
      skip();
      NodeId type = data_type();
      return add(NodeKind::Cast, {value, type}, since(first), {}, static_cast<uint8_t>(CastOp::DoubleColon));
    }
    case COLON: {
      skip();
      if (accept(LBRACK)) {
        NodeId index = bracket();
        return add(NodeKind::PathStep, {value, index}, since(first));
      }
      bool quoted = type() == BACKTICK;
      Symbol name = identifier_text(at_);
      ident();
      return add(NodeKind::PathStep, {value, NodeId{}}, since(first), name, 0, quoted ? kQuoted : 0);
    }
    case K_COLLATE: {
      skip();
      Symbol name = identifier_text(at_);
      ident();
      return add(NodeKind::Collate, {value}, since(first), name);
    }
    default: {  // IGNORE NULLS, RESPECT NULLS
      uint16_t flag = is(K_IGNORE) ? kIgnoreNulls : kRespectNulls;
      skip();
      skip();
      if (!tree_.is<Call>(value)) {
        if (at(GrammarRule::OverClause)) {
          error(diag::Misplaced, since(rule.first()), "`over` can only follow a call");
          over_clause();
        }
        nulls_operand_ = value;
        nulls_end_ = at_;
        nulls_flag_ = flag;
        return value;
      }
      Call call = tree_.get<Call>(value);
      if (at(GrammarRule::OverClause)) {
        uint32_t over = at_;
        NodeId window = over_clause();
        if (call.window) error(diag::Misplaced, since(over), "this call has two windows");
        call.window = window;
      }
      const Node node = tree_[value];
      return add(NodeKind::Call, {call.function, call.arguments, call.within_group, call.filter, call.window},
                 since(first), node.name, node.op, node.flags | flag);
    }
  }
}

TreeBuilder::NodeId TreeBuilder::case_expression() {
  Rule rule(*this, GrammarRule::CaseExpr);
  skip();
  NodeId operand;
  if (at(GrammarRule::Expr)) operand = expression();
  Ids whens;
  uint32_t first_when = at_;
  while (at(GrammarRule::WhenClause)) {
    Rule when(*this, GrammarRule::WhenClause);
    skip();
    NodeId condition = expression();
    accept(K_THEN);
    NodeId result = expression();
    whens.push_back(add(NodeKind::When, {condition, result}, since(when.first())));
  }
  NodeId when_list = list(whens, first_when);
  NodeId otherwise;
  if (accept(K_ELSE)) otherwise = expression();
  accept(K_END);
  return add(NodeKind::Case, {operand, when_list, otherwise}, since(rule.first()));
}

TreeBuilder::ParenBody TreeBuilder::paren_body() {
  Rule rule(*this, GrammarRule::ParenBody);
  ParenBody body;
  if (at(GrammarRule::Query0)) {
    body.query = query0();
    return body;
  }
  do {
    body.items.push_back(paren_item());
  } while (accept(COMMA));
  if (at_empty(GrammarRule::OrderTail) && !is_pipe_ahead()) return body;
  // Set operations or an order after it: the first thing must have been a query in parentheses.
  NodeId inner = body.items.size() == 1 ? query_of_parens(body.items[0]) : NodeId{};
  uint32_t tail = at_;
  if (!inner) {
    inner = add(NodeKind::Error, {}, since(rule.first()));
    error(diag::Misplaced, token_span(tail), "`" + std::string(token_text(tail)) + "` can only follow a query");
  }
  body.query = finish_query({}, inner, rule.first());
  return body;
}

TreeBuilder::NodeId TreeBuilder::paren_item() {
  Rule rule(*this, GrammarRule::ParenItem);
  if (at(GrammarRule::Star)) return star();
  NodeId value = expression();
  if (tree_.is<Star>(value)) no_stray_star(value);
  if (!accept(K_AS)) return value;
  uint16_t flags = type() == BACKTICK ? kQuoted : 0;
  Symbol alias = identifier_text(at_);
  skip();
  return add(NodeKind::SelectItem, {value, NodeId{}}, since(rule.first()), alias, 0, flags);
}

TreeBuilder::NodeId TreeBuilder::query_of_parens(NodeId value) {
  while (tree_.is<Paren>(value)) value = tree_.get<Paren>(value).inner;
  return tree_.is<ScalarQuery>(value) ? tree_.get<ScalarQuery>(value).query : NodeId{};
}

TreeBuilder::NodeId TreeBuilder::expression_list() {
  Rule rule(*this, GrammarRule::ExprList);
  Ids items;
  do {
    items.push_back(expression());
  } while (accept(COMMA));
  return list(items, rule.first());
}

}  // namespace pipec::syntax
