// What an operand begins with: literals, names, calls and the words with forms of their own.
#include "syntax/tree_builder.h"

namespace pipec::syntax {

using namespace ast;

TreeBuilder::NodeId TreeBuilder::primary(Ids& names) {
  Rule rule(*this, GrammarRule::Primary);
  uint32_t first = rule.first();
  if (at(GrammarRule::ColumnName)) {
    NodeId name = ident(GrammarRule::ColumnName);
    if (at(GrammarRule::CallTail)) {
      NodeId function = add(NodeKind::QName, {name}, span_of(name));
      return call_tail(function, first);
    }
    names.push_back(name);
    return {};
  }
  if (at(GrammarRule::CaseExpr)) return case_expression();
  if (at(GrammarRule::Interval)) return interval();
  switch (type()) {
    case INTEGER:
    case DECIMAL:
      return number();
    case HEX:
      return hex_literal();
    case STRING:
    case DQSTRING:
      return string_literal();
    case K_TRUE:
    case K_FALSE:
    case K_NULL:
      return word_literal(type());
    case QMARK:
      skip();
      return add(NodeKind::Param, {}, since(first));
    case COLON: {
      skip();
      NodeId name = ident();
      return add(NodeKind::Param, {}, since(first), tree_.name(name));
    }
    case LPAREN: {
      skip();
      if (accept(RPAREN)) return add(NodeKind::Row, {list({}, at_)}, since(first));
      ParenBody body = paren_body();
      accept(RPAREN);
      if (body.query) return add(NodeKind::ScalarQuery, {body.query}, since(first));
      if (body.items.size() == 1) return add(NodeKind::Paren, {body.items[0]}, since(first));
      NodeId items = list(body.items, first + 1);
      return add(NodeKind::Row, {items}, since(first));
    }
    default:
      break;
  }
  if (limit_ == first + 1) {  // `cast`, `date` ... without their forms are names
    names.push_back(name_token());
    return {};
  }
  return word_form(first);
}

TreeBuilder::NodeId TreeBuilder::plain_call(uint32_t first, std::string_view function, CallSyntax syntax,
                                            const Ids& arguments) {
  NodeId name = add(NodeKind::Name, {}, token_span(first), Symbol::of(function));
  NodeId qname = add(NodeKind::QName, {name}, token_span(first));
  NodeId items = list(arguments, first + 2);
  return add(NodeKind::Call, {qname, items, NodeId{}, NodeId{}, NodeId{}}, since(first), {},
             static_cast<uint8_t>(syntax));
}

TreeBuilder::NodeId TreeBuilder::word_form(uint32_t first) {
  uint16_t word = type();
  std::string_view text = token_text(first);
  skip();
  if (is(STRING) || is(DQSTRING)) {
    TypedLiteralKind kind = word == K_DATE            ? TypedLiteralKind::Date
                            : word == K_TIMESTAMP     ? TypedLiteralKind::Timestamp
                            : word == K_TIMESTAMP_NTZ ? TypedLiteralKind::TimestampNtz
                            : word == K_TIMESTAMP_LTZ ? TypedLiteralKind::TimestampLtz
                                                      : TypedLiteralKind::Time;
    Symbol value = string_value();
    return add(NodeKind::TypedLiteral, {}, since(first), value, static_cast<uint8_t>(kind));
  }
  if (at(GrammarRule::CallTail)) {
    NodeId name = add(NodeKind::Name, {}, token_span(first), Symbol::of(text));
    return call_tail(add(NodeKind::QName, {name}, token_span(first)), first);
  }
  skip();  // '('
  Ids arguments;
  auto next = [&] { arguments.push_back(expression()); };
  auto rest = [&] {
    while (accept(COMMA)) next();
  };
  switch (word) {
    case K_CAST:
    case K_TRY_CAST: {
      NodeId value = expression();
      accept(K_AS);
      NodeId target = collated_type();
      accept(RPAREN);
      return add(NodeKind::Cast, {value, target}, since(first), {},
                 static_cast<uint8_t>(word == K_CAST ? CastOp::Cast : CastOp::TryCast));
    }
    case K_EXISTS: {
      NodeId body;
      if (at(GrammarRule::Query0)) {
        body = query0();
      } else {
        uint32_t arguments_first = at_;
        uint16_t flags = 0;
        NodeId items = this->arguments(flags);
        auto values = tree_.list(items);
        NodeId inner = values.size() == 1 ? query_of_parens(values[0]) : NodeId{};
        if (inner) {
          bool bare = at_empty(GrammarRule::OrderTail) && !is_pipe_ahead();
          if (bare) {
            body = add(NodeKind::Query,
                       {NodeId{}, inner, NodeId{}, NodeId{}, NodeId{}, NodeId{}, NodeId{}, NodeId{}, NodeId{}},
                       since(arguments_first));
          } else {
            body = finish_query({}, inner, arguments_first);
          }
        } else if (!at_empty(GrammarRule::OrderTail) || is_pipe_ahead()) {
          error(diag::Misplaced, token_span(at_), "`" + std::string(token_text(at_)) + "` can only follow a query");
        }
        if (!body) {
          at_ = limit_;
          NodeId name = add(NodeKind::Name, {}, token_span(first), Symbol::of(text));
          NodeId function = add(NodeKind::QName, {name}, token_span(first));
          return add(NodeKind::Call, {function, items, NodeId{}, NodeId{}, NodeId{}}, since(first), {}, 0, flags);
        }
      }
      at_ = limit_;
      return add(NodeKind::Exists, {body}, since(first));
    }
    case K_EXTRACT: {
      uint32_t field = at_;
      Symbol name = type() == STRING ? string_value() : identifier_text(at_);
      if (at(GrammarRule::Ident)) ident();
      arguments.push_back(
          add(NodeKind::Literal, {}, token_span(field), name, static_cast<uint8_t>(LiteralKind::String)));
      accept(K_FROM);
      next();
      accept(RPAREN);
      return plain_call(first, text, CallSyntax::ExtractFrom, arguments);
    }
    case K_TRIM: {
      CallSyntax syntax = is(K_BOTH)       ? CallSyntax::TrimBoth
                          : is(K_LEADING)  ? CallSyntax::TrimLeading
                          : is(K_TRAILING) ? CallSyntax::TrimTrailing
                                           : CallSyntax::Plain;
      if (syntax != CallSyntax::Plain) skip();
      if (at(GrammarRule::Expr)) next();
      if (accept(K_FROM)) {
        if (syntax == CallSyntax::Plain) syntax = CallSyntax::Trim;
        next();
      }
      rest();
      accept(RPAREN);
      return plain_call(first, text, syntax, arguments);
    }
    case K_POSITION: {
      arguments.push_back(arith());
      CallSyntax syntax = CallSyntax::Plain;
      if (accept(K_IN)) {
        syntax = CallSyntax::PositionIn;
        arguments.push_back(arith());
      }
      rest();
      accept(RPAREN);
      return plain_call(first, text, syntax, arguments);
    }
    default: {  // SUBSTRING, SUBSTR, OVERLAY
      CallSyntax syntax = CallSyntax::Plain;
      next();
      if (accept(K_PLACING)) {
        syntax = CallSyntax::OverlayPlacing;
        next();
      } else if (is(K_FROM)) {
        syntax = CallSyntax::SubstringFrom;
      }
      if (accept(K_FROM)) next();
      if (accept(K_FOR)) next();
      rest();
      accept(RPAREN);
      return plain_call(first, text, syntax, arguments);
    }
  }
}

TreeBuilder::NodeId TreeBuilder::call_tail(NodeId function, uint32_t first) {
  Rule rule(*this, GrammarRule::CallTail);
  uint16_t flags = 0;
  uint32_t open = at_;
  skip();
  NodeId items = at(GrammarRule::Arguments) ? arguments(flags) : list({}, open + 1);
  accept(RPAREN);
  NodeId within_group;
  NodeId filter;
  NodeId window;
  if (at(GrammarRule::WithinGroup)) {
    Rule within(*this, GrammarRule::WithinGroup);
    while (more() && !at(GrammarRule::OrderList)) skip();
    within_group = order_list();
  }
  if (at(GrammarRule::FilterClause)) {
    Rule clause(*this, GrammarRule::FilterClause);
    while (more() && !at(GrammarRule::Expr)) skip();
    filter = expression();
  }
  if (at(GrammarRule::OverClause)) window = over_clause();
  return add(NodeKind::Call, {function, items, within_group, filter, window}, since(first), {}, 0, flags);
}

TreeBuilder::NodeId TreeBuilder::arguments(uint16_t& flags) {
  Rule rule(*this, GrammarRule::Arguments);
  if (is(K_DISTINCT) && !at(GrammarRule::Argument)) {
    flags |= kDistinct;
    skip();
  } else if (is(K_ALL)) {
    skip();
  }
  Ids items;
  do {
    items.push_back(argument(flags));
  } while (accept(COMMA));
  return list(items, rule.first());
}

TreeBuilder::NodeId TreeBuilder::argument(uint16_t& flags) {
  Rule rule(*this, GrammarRule::Argument);
  if (at(GrammarRule::Star)) return star();
  no_stray_nulls();
  NodeId value = expression();
  no_stray_star(value);
  if (nulls_operand_ && nulls_end_ == at_) {
    flags |= nulls_flag_;
    nulls_operand_ = {};
  }
  if (is(ARROW) || is(FATARROW)) return arrow_argument(value, rule.first());
  if (accept(K_AS)) {
    uint16_t alias_flags = type() == BACKTICK ? kQuoted : 0;
    Symbol alias = identifier_text(at_);
    skip();
    return add(NodeKind::SelectItem, {value, NodeId{}}, since(rule.first()), alias, 0, alias_flags);
  }
  return value;
}

TreeBuilder::NodeId TreeBuilder::arrow_argument(NodeId left, uint32_t first) {
  bool lambda = is(ARROW);
  skip();
  NodeId inner = left;
  if (tree_.is<Paren>(inner)) inner = tree_.get<Paren>(inner).inner;
  Ids names;
  bool good = true;
  auto take = [&](NodeId id) {
    good &= tree_.is<ColumnRef>(id) && tree_.children(id).size() == 1;
    if (good) names.push_back(tree_.children(id)[0]);
  };
  if (tree_.is<Row>(inner)) {
    Ids items(tree_.list(tree_.get<Row>(inner).items).begin(), tree_.list(tree_.get<Row>(inner).items).end());
    for (NodeId id : items) take(id);
  } else {
    take(inner);
  }
  if (!good || (!lambda && (names.size() != 1 || inner != left))) {
    error(diag::Misplaced, span_of(left),
          lambda ? "the parameters of a lambda are names" : "the name of an argument is one word");
    names.clear();
  }
  NodeId value = expression();
  if (!lambda) {
    Symbol name = names.empty() ? Symbol{} : tree_.name(names[0]);
    return add(NodeKind::NamedArg, {value}, since(first), name);
  }
  NodeId params = add(NodeKind::List, names, span_of(left));
  return add(NodeKind::Lambda, {params, value}, since(first));
}

TreeBuilder::NodeId TreeBuilder::star() {
  Rule rule(*this, GrammarRule::Star);
  skip();
  NodeId except = star_except();
  return add(NodeKind::Star, {NodeId{}, except}, since(rule.first()));
}

TreeBuilder::NodeId TreeBuilder::star_except() {
  if (!at(GrammarRule::StarExcept)) return {};
  Rule rule(*this, GrammarRule::StarExcept);
  skip();
  skip();
  Ids names;
  do {
    names.push_back(qname());
  } while (accept(COMMA));
  return list(names, rule.first() + 1);
}

TreeBuilder::NodeId TreeBuilder::over_clause() {
  Rule rule(*this, GrammarRule::OverClause);
  skip();
  if (!is(LPAREN)) {
    Rule spec(*this, GrammarRule::WindowSpec);
    return ident();
  }
  return window_spec();
}

TreeBuilder::NodeId TreeBuilder::window_spec() {
  Rule rule(*this, GrammarRule::WindowSpec);
  Symbol name;
  uint16_t flags = 0;
  NodeId partition;
  NodeId order;
  NodeId frame_node;
  accept(LPAREN);
  if (at(GrammarRule::Ident)) {
    flags = type() == BACKTICK ? kQuoted : 0;
    name = identifier_text(at_);
    ident();
  }
  if (accept(K_PARTITION) || accept(K_DISTRIBUTE)) {
    skip();
    partition = expression_list();
  }
  if (accept(K_ORDER) || accept(K_SORT)) {
    skip();
    order = order_list();
  }
  if (at(GrammarRule::Frame)) frame_node = frame();
  at_ = limit_;
  return add(NodeKind::WindowSpec, {partition, order, frame_node}, since(rule.first()), name, 0, flags);
}

TreeBuilder::NodeId TreeBuilder::frame() {
  Rule rule(*this, GrammarRule::Frame);
  FrameUnit unit = is(K_ROWS) ? FrameUnit::Rows : FrameUnit::Range;
  skip();
  bool both = accept(K_BETWEEN);
  NodeId start = frame_bound();
  NodeId end;
  if (both) {
    accept(K_AND);
    end = frame_bound();
  }
  return add(NodeKind::Frame, {start, end}, since(rule.first()), {}, static_cast<uint8_t>(unit));
}

TreeBuilder::NodeId TreeBuilder::frame_bound() {
  Rule rule(*this, GrammarRule::FrameBound);
  NodeId value;
  BoundKind kind = BoundKind::CurrentRow;
  if (at(GrammarRule::Expr)) {
    value = expression();
    kind = is(K_PRECEDING) ? BoundKind::Preceding : BoundKind::Following;
  } else if (is(K_UNBOUNDED)) {
    kind = type(1) == K_PRECEDING ? BoundKind::UnboundedPreceding : BoundKind::UnboundedFollowing;
  }
  at_ = limit_;
  return add(NodeKind::FrameBound, {value}, since(rule.first()), {}, static_cast<uint8_t>(kind));
}

}  // namespace pipec::syntax
