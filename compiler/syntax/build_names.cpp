// Names, literals, intervals and types.
#include <array>

#include "syntax/literals.h"
#include "syntax/tree_builder.h"

namespace pipec::syntax {

using namespace ast;

namespace {

constexpr std::string_view kUnits[] = {"",       "year",   "month",       "week",        "day",        "hour",
                                       "minute", "second", "millisecond", "microsecond", "nanosecond", "quarter"};

std::string lowered(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c += 'a' - 'A';
  }
  return out;
}

IntervalUnit unit_of(std::string_view word) {
  std::string text = lowered(word);
  for (size_t i = 1; i < std::size(kUnits); ++i) {
    if (text == kUnits[i] || text == std::string(kUnits[i]) + 's') return static_cast<IntervalUnit>(i);
  }
  return IntervalUnit::None;
}

}  // namespace

Symbol TreeBuilder::identifier_text(uint32_t token) const {
  std::string_view text = token_text(token);
  if (tokens_[token].type == BACKTICK) return Symbol::of(decode_backticks(text));
  // The same few names come again and again: this spares most visits to the table that all threads share.
  struct Known {
    std::string_view text;
    Symbol symbol;
  };
  thread_local std::array<Known, 1024> known;
  auto byte = [&](size_t i) { return static_cast<uint32_t>(static_cast<unsigned char>(text[i])); };
  uint32_t hash =
      byte(0) + 31 * byte(text.size() / 2) + 131 * byte(text.size() - 1) + 7 * static_cast<uint32_t>(text.size());
  Known& slot = known[(hash * 2654435761u) >> 22];
  if (slot.text != text) {
    slot.symbol = Symbol::of(text);
    slot.text = slot.symbol.text();
  }
  return slot.symbol;
}

TreeBuilder::NodeId TreeBuilder::name_token() {
  uint32_t token = at_;
  skip();
  return add(NodeKind::Name, {}, token_span(token), identifier_text(token), 0,
             tokens_[token].type == BACKTICK ? kQuoted : 0);
}

TreeBuilder::NodeId TreeBuilder::ident(GrammarRule which) {
  Rule rule(*this, which);
  return name_token();
}

TreeBuilder::NodeId TreeBuilder::qname() {
  Rule rule(*this, GrammarRule::Qname);
  Ids names;
  do {
    names.push_back(ident());
  } while (accept(DOT));
  return add(NodeKind::QName, names, since(rule.first()));
}

TreeBuilder::NodeId TreeBuilder::identifiers() {
  Rule rule(*this, GrammarRule::Identifiers);
  Ids names;
  skip();
  do {
    names.push_back(ident(GrammarRule::AliasName));
  } while (accept(COMMA));
  accept(RPAREN);
  return list(names, rule.first());
}

TreeBuilder::NodeId TreeBuilder::number() {
  uint32_t token = at_;
  std::string_view text = token_text(token);
  skip();
  auto ends = [&](char c) { return (text.back() | 32) == c; };
  LiteralKind kind = LiteralKind::Integer;
  if (tokens_[token].type == INTEGER) {
    if (ends('l')) kind = LiteralKind::BigInt;
    if (ends('s')) kind = LiteralKind::SmallInt;
    if (ends('y')) kind = LiteralKind::TinyInt;
  } else {
    bool exponent = text.find_first_of("eE") != std::string_view::npos;
    kind = exponent ? LiteralKind::Double : LiteralKind::Decimal;
    if (text.size() > 2 && (text[text.size() - 2] | 32) == 'b' && ends('d')) {
      kind = LiteralKind::Decimal;
    } else if (ends('d')) {
      kind = LiteralKind::Double;
    } else if (ends('f')) {
      kind = LiteralKind::Float;
    }
  }
  return add(NodeKind::Literal, {}, token_span(token), Symbol::of(text), static_cast<uint8_t>(kind));
}

Symbol TreeBuilder::string_value() {
  uint32_t token = at_;
  skip();
  return Symbol::of(decode_string(token_text(token)));
}

TreeBuilder::NodeId TreeBuilder::string_literal() {
  uint32_t first = at_;
  Symbol value = string_value();
  if (is(STRING) || is(DQSTRING)) {  // strings in a row are one
    std::string joined(value.text());
    while (is(STRING) || is(DQSTRING)) joined += string_value().text();
    value = Symbol::of(joined);
  }
  return add(NodeKind::Literal, {}, since(first), value, static_cast<uint8_t>(LiteralKind::String));
}

TreeBuilder::NodeId TreeBuilder::hex_literal() {
  uint32_t token = at_;
  std::string_view text = token_text(token);
  skip();
  text = text.substr(2, text.size() - 3);
  if (text.find_first_not_of("0123456789abcdefABCDEF") != std::string_view::npos) {
    error(diag::BadLiteral, token_span(token), "`" + std::string(token_text(token)) + "` is not a binary literal")
        .help = "between the quotes stand hexadecimal digits";
  }
  return add(NodeKind::Literal, {}, token_span(token), Symbol::of(text), static_cast<uint8_t>(LiteralKind::Binary));
}

TreeBuilder::NodeId TreeBuilder::word_literal(uint16_t word) {
  uint32_t token = at_;
  skip();
  LiteralKind kind = word == K_NULL ? LiteralKind::Null : word == K_TRUE ? LiteralKind::True : LiteralKind::False;
  return add(NodeKind::Literal, {}, token_span(token), {}, static_cast<uint8_t>(kind));
}

TreeBuilder::NodeId TreeBuilder::interval() {
  Rule rule(*this, GrammarRule::Interval);
  skip();
  Ids parts;
  uint32_t first_part = at_;
  while (more() && !is(K_TO)) {
    uint32_t first = at_;
    uint16_t flags = 0;
    if (accept(MINUS)) {
      flags |= kNegated;
    } else {
      accept(PLUS);
    }
    Symbol value;
    {
      Rule value_rule(*this, GrammarRule::IntervalValue);
      if (is(STRING) || is(DQSTRING)) {
        flags |= kQuoted;
        value = string_value();
      } else {
        value = Symbol::of(token_text(at_));
      }
    }
    IntervalUnit unit = is(UNIT) ? unit_of(token_text(at_)) : IntervalUnit::None;
    accept(UNIT);
    parts.push_back(add(NodeKind::IntervalPart, {}, since(first), value, static_cast<uint8_t>(unit), flags));
  }
  NodeId parts_list = list(parts, first_part);
  IntervalUnit to = IntervalUnit::None;
  if (accept(K_TO)) {
    to = unit_of(token_text(at_));
    skip();
  }
  return add(NodeKind::IntervalLiteral, {parts_list}, since(rule.first()), {}, static_cast<uint8_t>(to));
}

TreeBuilder::NodeId TreeBuilder::type_argument() {
  Rule rule(*this, GrammarRule::TypeArgument);
  if (is(INTEGER)) return number();
  if (is(STRING)) return string_literal();
  if (is(MINUS)) {
    skip();
    skip();
    return add(NodeKind::Literal, {}, since(rule.first()), Symbol::of("-" + std::string(token_text(at_ - 1))),
               static_cast<uint8_t>(LiteralKind::Integer));
  }
  return ident();
}

TreeBuilder::NodeId TreeBuilder::data_type(GrammarRule which) {
  Rule rule(*this, which);
  Ids children;
  Symbol name = Symbol::of(lowered(token_text(at_)));
  if (at(GrammarRule::TypeName)) {
    Rule word(*this, GrammarRule::TypeName);
    name = Symbol::of(lowered(identifier_text(at_).text()));
  } else {
    skip();
  }
  if (accept(LT)) {
    while (more() && !is(GT)) {
      if (at(GrammarRule::StructField)) {
        children.push_back(struct_field());
      } else {
        children.push_back(data_type());
      }
      accept(COMMA);
    }
  } else if (accept(LPAREN)) {
    do {
      children.push_back(type_argument());
    } while (accept(COMMA));
  } else {
    while (more()) {  // interval day to second
      if (is(UNIT)) {
        children.push_back(name_token());
      } else {
        skip();
      }
    }
  }
  at_ = limit_;
  return add(NodeKind::DataType, children, since(rule.first()), name);
}

TreeBuilder::NodeId TreeBuilder::struct_field() {
  Rule field(*this, GrammarRule::StructField);
  bool quoted = type() == BACKTICK;
  Symbol name = identifier_text(at_);
  ident();
  accept(COLON);
  NodeId field_type = data_type();
  uint16_t flags = static_cast<uint16_t>((accept(K_NOT) ? kNotNull : 0) | (quoted ? kQuoted : 0));
  accept(K_NULL);
  return add(NodeKind::StructField, {field_type}, since(field.first()), name, 0, flags);
}

TreeBuilder::NodeId TreeBuilder::collated_type() {
  Rule rule(*this, GrammarRule::CollatedType);
  NodeId type = data_type();
  if (!accept(K_COLLATE)) return type;
  Ids children(tree_.children(type).begin(), tree_.children(type).end());
  children.push_back(ident());
  return add(NodeKind::DataType, children, since(rule.first()), tree_.name(type));
}

}  // namespace pipec::syntax
