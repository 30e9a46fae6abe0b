// Headers, annotations and the items that are plain properties.
#include "syntax/block_builder.h"
#include "syntax/literals.h"

namespace pipec::syntax {

using namespace ast;

namespace {

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
  }
  return out;
}

}  // namespace

bool BlockBuilder::at_child() const {
  return event_ < events_.size() && events_[event_].first == at_ && events_[event_].end <= limit_ && at_ < limit_;
}

TreeBuilder::NodeId BlockBuilder::annotation() {
  Rule rule(*this, GrammarRule::Annotation);
  skip();
  Symbol name = identifier_text(at_);
  ident();
  Ids arguments;
  uint32_t open = at_;
  if (accept(LPAREN)) {
    while (at(GrammarRule::AnnotationArgument)) {
      arguments.push_back(annotation_argument());
      accept(COMMA);
    }
    accept(RPAREN);
  }
  NodeId items = list(arguments, open);
  return add(NodeKind::Annotation, {items}, since(rule.first()), name);
}

TreeBuilder::NodeId BlockBuilder::annotation_argument() {
  Rule rule(*this, GrammarRule::AnnotationArgument);
  Symbol name;
  NodeId value;
  if (at(GrammarRule::Constant)) {
    value = constant();
  } else {
    value = ident();
    if (accept(EQ)) {
      name = tree_.name(value);
      value = annotation_value();
    }
  }
  return add(NodeKind::AnnotationArg, {value}, since(rule.first()), name);
}

TreeBuilder::NodeId BlockBuilder::annotation_value() {
  Rule rule(*this, GrammarRule::AnnotationValue);
  return at(GrammarRule::Constant) ? constant() : ident();
}

TreeBuilder::NodeId BlockBuilder::constant() {
  Rule rule(*this, GrammarRule::Constant);
  switch (type()) {
    case STRING:
      return string_literal();
    case K_TRUE:
    case K_FALSE:
    case K_NULL:
      return word_literal(type());
    case MINUS: {
      skip();
      NodeId value = number();
      return add(NodeKind::Unary, {value}, since(rule.first()), {}, static_cast<uint8_t>(UnaryOp::Minus));
    }
    default:
      return number();
  }
}

TreeBuilder::NodeId BlockBuilder::name_or_string() {
  Rule rule(*this, GrammarRule::Value);
  if (is(STRING)) return string_literal();
  if (is(BACKTICK)) return name_token();
  return ident(GrammarRule::PlainWord);
}

TreeBuilder::NodeId BlockBuilder::star_name() {
  Rule rule(*this, GrammarRule::StarName);
  Ids names{ident()};
  while (accept(DOT)) {
    if (is(STAR)) {
      skip();
      names.push_back(add(NodeKind::Wildcard, {}, token_span(at_ - 1)));
    } else {
      names.push_back(ident());
    }
  }
  for (size_t i = 0; i + 1 < names.size(); ++i) {
    if (tree_.is<Wildcard>(names[i])) {
      error(diag::Misplaced, span_of(names[i]), "only the last part of a name can be `*`");
      break;
    }
  }
  return add(NodeKind::QName, names, since(rule.first()));
}

TreeBuilder::NodeId BlockBuilder::duration() {
  Rule rule(*this, GrammarRule::Duration);
  std::string text = std::string(token_text(at_)) + " " + lowered(token_text(at_ + 1));
  at_ = limit_;
  return add(NodeKind::Duration, {}, since(rule.first()), Symbol::of(text));
}

TreeBuilder::NodeId BlockBuilder::secret() {
  Rule rule(*this, GrammarRule::Secret);
  skip();
  skip();
  Symbol name = string_value();
  accept(RPAREN);
  return add(NodeKind::Secret, {}, since(rule.first()), name);
}

TreeBuilder::NodeId BlockBuilder::word() {
  uint32_t token = at_;
  skip();
  return add(NodeKind::Word, {}, token_span(token), Symbol::of(lowered(token_text(token))));
}

TreeBuilder::NodeId BlockBuilder::word_list() {
  Rule rule(*this, GrammarRule::WordList);
  Ids words;
  while (more()) {
    {
      Rule item(*this, GrammarRule::PlainWord);
      words.push_back(word());
    }
    accept(COMMA);
  }
  return list(words, rule.first());
}

TreeBuilder::NodeId BlockBuilder::name_list_rule() {
  Rule rule(*this, GrammarRule::IdentList);
  Ids names;
  do {
    names.push_back(ident());
  } while (accept(COMMA));
  return list(names, rule.first());
}

TreeBuilder::NodeId BlockBuilder::grant() {
  Rule rule(*this, GrammarRule::GrantItem);
  skip();
  uint32_t first = at_;
  Ids words;
  while (at(GrammarRule::GrantedWord)) {
    {
      Rule granted(*this, GrammarRule::GrantedWord);
      words.push_back(word());
    }
    accept(COMMA);
  }
  NodeId privileges = list(words, first);
  skip();
  NodeId names = name_list_rule();
  return add(NodeKind::Property, {privileges, names}, since(rule.first()), Symbol::of("grant"));
}

TreeBuilder::NodeId BlockBuilder::indexed() {
  uint32_t first = at_;
  Ids columns;
  while (at(GrammarRule::IndexColumn)) {
    {
      Rule column(*this, GrammarRule::IndexColumn);
      uint16_t flags = type() == BACKTICK ? kQuoted : 0;
      Symbol name = identifier_text(at_);
      ident();
      if (accept(K_DESC)) flags |= kDesc;
      if (accept(K_ASC)) flags |= kAscWritten;
      columns.push_back(add(NodeKind::IndexColumn, {}, since(column.first()), name, 0, flags));
    }
    accept(COMMA);
  }
  return list(columns, first);
}

TreeBuilder::NodeId BlockBuilder::selection() {
  Rule rule(*this, GrammarRule::Selection);
  SelectionKind kind = SelectionKind::Node;
  NodeId target;
  if (at(GrammarRule::StarName)) {
    target = star_name();
    Ids names(tree_.children(target).begin(), tree_.children(target).end());
    if (tree_.is<Wildcard>(names.back())) {
      kind = SelectionKind::SchemaAll;
      names.pop_back();
      target = add(NodeKind::QName, names, span_of(target));
    }
  } else if (accept(K_ALL)) {
    kind = SelectionKind::All;
  } else {
    kind = is(K_LOAD)       ? SelectionKind::LoadOf
           : is(K_UPSTREAM) ? SelectionKind::UpstreamOf
                            : SelectionKind::DownstreamOf;
    skip();
    accept(K_OF);
    target = qname();
  }
  Ids tags;
  uint32_t first_tag = at_;
  while (accept(K_TAGGED)) tags.push_back(ident());
  NodeId tag_list;
  if (!tags.empty()) tag_list = list(tags, first_tag);
  NodeId except;
  if (accept(K_EXCEPT)) {
    uint32_t open = at_;
    skip();
    Ids items;
    do {
      items.push_back(selection());
    } while (accept(COMMA));
    accept(RPAREN);
    except = list(items, open);
  }
  return add(NodeKind::Selection, {target, tag_list, except}, since(rule.first()), {}, static_cast<uint8_t>(kind));
}

// One value of a property: what its rule says.
TreeBuilder::NodeId BlockBuilder::value() {
  switch (child()) {
    case GrammarRule::PlainWord: {
      Rule rule(*this, GrammarRule::PlainWord);
      return word();
    }
    case GrammarRule::Value:
      return name_or_string();
    case GrammarRule::Duration:
      return duration();
    case GrammarRule::Secret:
      return secret();
    case GrammarRule::Qname:
      return qname();
    case GrammarRule::StarName:
      return star_name();
    case GrammarRule::Ident:
      return ident();
    case GrammarRule::Identifiers:
      return identifiers();
    case GrammarRule::IdentList:
      return name_list_rule();
    case GrammarRule::WordList:
      return word_list();
    case GrammarRule::ExprList:
      return expression_list();
    case GrammarRule::IndexColumn:
      return indexed();
    case GrammarRule::Constant:
      return constant();
    case GrammarRule::Expr: {
      NodeId expression = this->expression();
      no_stray_star({});
      return expression;
    }
    case GrammarRule::ColumnSet:
      return column_set();
    case GrammarRule::TestRows:
      return test_rows();
    case GrammarRule::FormatOption:
    case GrammarRule::LayoutEngine:
    case GrammarRule::LayoutOption:
      return option();
    default:
      return property();  // a part with a word of its own: `retain 400 days`, `else warn`
  }
}

TreeBuilder::NodeId BlockBuilder::property() {
  Rule rule(*this, child());
  std::string name;
  while (more() && is_word(type()) && !at_child()) {
    if (!name.empty()) name += ' ';
    name += lowered(token_text(at_));
    skip();
  }
  Ids values;
  property_values(values, name);
  return add(NodeKind::Property, values, since(rule.first()), Symbol::of(name));
}

void BlockBuilder::property_values(Ids& values, std::string_view name) {
  while (more()) {
    if (at_child()) {
      if (child() == GrammarRule::Value && name == "tags") {
        uint32_t first = at_;
        Ids tags;
        do {
          tags.push_back(name_or_string());
        } while (accept(COMMA));
        values.push_back(list(tags, first));
      } else if (child() == GrammarRule::Selection) {
        uint32_t first = at_;
        Ids selections;
        do {
          selections.push_back(selection());
        } while (accept(COMMA));
        values.push_back(list(selections, first));
      } else {
        values.push_back(value());
      }
    } else if (is(STRING)) {
      // Two in a row are two values here, as in `set 'name' 'value'`; in an expression they are one.
      uint32_t token = at_;
      Symbol text = string_value();
      values.push_back(add(NodeKind::Literal, {}, token_span(token), text, static_cast<uint8_t>(LiteralKind::String)));
    } else if (is(INTEGER)) {
      values.push_back(number());
    } else if (is(LBRACE)) {
      uint32_t open = at_;
      skip();
      Ids items;
      while (at_child()) items.push_back(value());
      accept(RBRACE);
      values.push_back(list(items, open));
    } else {
      skip();  // commas, parentheses, `to`, `by`, `times`
    }
  }
}

TreeBuilder::NodeId BlockBuilder::item(const Ids& annotations, uint32_t first) {
  Rule rule(*this, child());
  NodeId result;
  uint32_t own_first = rule.first();
  if (at_child() && child() == GrammarRule::TableItem) {
    result = table(annotations, first);
    describe(first, own_first, result);
    return result;
  }
  if (at_child() && child() == GrammarRule::ResourceItem) {
    result = resource(annotations, first);
    describe(first, own_first, result);
    return result;
  }
  if (at_child() && child() == GrammarRule::Columns) {
    result = columns();
  } else if (at_child() && child() == GrammarRule::ExpectItem) {
    result = expect();
  } else if (at_child() && child() == GrammarRule::GrantItem) {
    result = grant();
  } else if (at_child() && child() == GrammarRule::MetaItem) {
    result = property();
  } else if (at_child() && child() == GrammarRule::ReadsItem) {
    result = property();
  } else if (at_child() && child() == GrammarRule::StepItem) {
    result = property();
  } else {
    // The item's own rule holds the words: read it as a property without opening it again.
    --event_;
    at_ = own_first;
    result = property();
  }
  if (!annotations.empty()) {
    error(diag::Misplaced, span_of(annotations[0]), "an annotation stands before a declaration, a table or a column");
  }
  describe(first, own_first, result);
  return result;
}

HeaderParts BlockBuilder::header() {
  GrammarRule which = child();
  Rule rule(*this, which);
  HeaderParts parts;
  skip();
  switch (which) {
    case GrammarRule::CdcHeader: {
      parts.target = star_name();
      skip();
      parts.source = star_name();
      if (accept(K_EXCEPT)) {
        uint32_t open = at_;
        skip();
        Ids names;
        do {
          names.push_back(qname());
        } while (accept(COMMA));
        accept(RPAREN);
        parts.except = list(names, open);
      }
      auto is_wild = [&](NodeId name) { return tree_.is<Wildcard>(tree_.children(name).back()); };
      if (is_wild(parts.target) != is_wild(parts.source)) {
        NodeId one = is_wild(parts.target) ? parts.source : parts.target;
        error(diag::Misplaced, span_of(one), "both names end in `*`, or neither does");
      }
      break;
    }
    case GrammarRule::FunctionHeader: {
      parts.name = qname();
      uint32_t open = at_;
      skip();
      Ids params;
      while (at(GrammarRule::Parameter)) {
        params.push_back(parameter());
        accept(COMMA);
      }
      accept(RPAREN);
      parts.params = list(params, open);
      skip();
      if (!accept(K_TABLE)) parts.returns = data_type();
      while (at(GrammarRule::Clears)) {
        Rule clears(*this, GrammarRule::Clears);
        skip();
        std::string name = "clears";
        Ids arguments;
        if (at(GrammarRule::AnnotationArgument)) {
          name += ' ' + lowered(token_text(at_));
          annotation_argument();
        }
        uint32_t first = at_;
        accept(LPAREN);
        while (at(GrammarRule::AnnotationArgument)) {
          arguments.push_back(annotation_argument());
          accept(COMMA);
        }
        accept(RPAREN);
        NodeId items = list(arguments, first);
        parts.clears.push_back(add(NodeKind::Annotation, {items}, since(clears.first()), Symbol::of(name)));
      }
      break;
    }
    case GrammarRule::CheckHeader:
      parts.name = ident();
      skip();
      parts.target = qname();
      break;
    case GrammarRule::ExportHeader:
      parts.name = qname();
      skip();
      parts.destination = ident();
      skip();
      parts.source = qname();
      break;
    case GrammarRule::ModelHeader:
    case GrammarRule::SeedHeader:
      parts.name = qname();
      break;
    case GrammarRule::LoadHeader:
    case GrammarRule::SnapshotHeader:
      parts.name = qname();
      skip();
      parts.source = qname();
      break;
    case GrammarRule::EntityHeader:
    case GrammarRule::MetricHeader:
      parts.name = ident();
      skip();
      parts.target = qname();
      break;
    case GrammarRule::TestHeader:
      parts.name = string_literal();
      skip();
      parts.target = qname();
      break;
    default:
      parts.name = ident();
      break;
  }
  return parts;
}

TreeBuilder::NodeId BlockBuilder::function_body() {
  Rule rule(*this, GrammarRule::FunctionBody);
  if (!accept(EQ)) return {};
  if (at(GrammarRule::QueryNoValues)) return query_no_values();
  NodeId body = expression();
  no_stray_star({});
  return body;
}

}  // namespace pipec::syntax
