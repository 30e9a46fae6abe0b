// Tables of a source, columns of a contract, parameters, expectations.
#include "syntax/block_builder.h"

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

TreeBuilder::NodeId BlockBuilder::table(const Ids& before, uint32_t first) {
  Rule rule(*this, GrammarRule::TableItem);
  skip();
  NodeId name = qname();
  Ids annotations = before;
  Ids properties;
  uint32_t first_property = at_;
  while (at(GrammarRule::TableProperty)) {
    if (is(AT)) {
      Rule property_rule(*this, GrammarRule::TableProperty);
      annotations.push_back(annotation());
    } else {
      properties.push_back(property());
    }
  }
  NodeId property_list = list(properties, first_property);
  uint32_t open = at_;
  skip();
  Ids members;
  while (at(GrammarRule::TableMember)) {
    members.push_back(table_member());
    accept(COMMA);
  }
  accept(RPAREN);
  NodeId member_list = list(members, open);
  NodeId annotation_list = make_list(annotations, {});
  return add(NodeKind::TableDecl, {name, property_list, member_list, annotation_list}, since(first));
}

TreeBuilder::NodeId BlockBuilder::table_member() {
  Rule rule(*this, GrammarRule::TableMember);
  Ids annotations;
  while (at(GrammarRule::Annotation)) annotations.push_back(annotation());
  if (at(GrammarRule::TableConstraint)) {
    if (!annotations.empty()) {
      error(diag::Misplaced, span_of(annotations[0]), "an annotation stands before a declaration, a table or a column");
    }
    return table_constraint();
  }
  uint32_t name_at = at_;
  uint16_t flags = type() == BACKTICK ? kQuoted : 0;
  Symbol name = identifier_text(at_);
  ident(GrammarRule::DeclaredName);
  Ids attributes;
  uint32_t first_attribute = at_;
  NodeId type = at(GrammarRule::NestedType) ? data_type(GrammarRule::NestedType) : native_type(attributes);
  while (at(GrammarRule::ColumnAttribute)) {
    if (NodeId attribute = column_attribute(annotations)) attributes.push_back(attribute);
  }
  for (NodeId attribute : attributes) {
    if (tree_.op<AttrKind>(attribute) == AttrKind::NotNull) flags |= kNotNull;
  }
  NodeId attribute_list = list(attributes, first_attribute);
  NodeId annotation_list = make_list(annotations, {});
  NodeId result =
      add(NodeKind::ColumnDecl, {type, attribute_list, annotation_list}, since(rule.first()), name, 0, flags);
  describe(rule.first(), name_at, result);
  return result;
}

TreeBuilder::NodeId BlockBuilder::table_constraint() {
  Rule rule(*this, GrammarRule::TableConstraint);
  Symbol name;
  if (accept(K_CONSTRAINT)) {
    name = identifier_text(at_);
    ident();
  }
  if (accept(K_FOREIGN)) {
    accept(K_KEY);
    NodeId columns = identifiers();
    skip();
    NodeId table = qname();
    NodeId referenced;
    if (at(GrammarRule::Identifiers)) referenced = identifiers();
    return add(NodeKind::ForeignKey, {columns, table, referenced}, since(rule.first()), name);
  }
  AttrKind kind = accept(K_PRIMARY) ? AttrKind::PrimaryKey : AttrKind::Unique;
  skip();
  NodeId columns = identifiers();
  return add(NodeKind::TableKey, {columns}, since(rule.first()), name, static_cast<uint8_t>(kind));
}

TreeBuilder::NodeId BlockBuilder::native_type(Ids& attributes) {
  Rule rule(*this, GrammarRule::NativeType);
  std::string name;
  Ids arguments;
  uint8_t dimensions = 0;
  uint32_t end = rule.first();
  auto append = [&](std::string_view text, char gap) {
    if (!name.empty()) name += gap;
    name += lowered(text);
  };
  while (more()) {
    if (at(GrammarRule::TypeName)) {
      Rule word(*this, GrammarRule::TypeName);
      append(identifier_text(at_).text(), '.');
    } else if (is(DOT) || is(COMMA) || is(LPAREN) || is(RPAREN)) {
      skip();
    } else if (at(GrammarRule::TypeArgument)) {
      NodeId argument = type_argument();
      if (tree_.is<Name>(argument)) {
        argument = add(NodeKind::Word, {}, span_of(argument), Symbol::of(lowered(tree_.name(argument).text())));
      }
      arguments.push_back(argument);
    } else if (is(LBRACK)) {
      skip();
      accept(INTEGER);
      skip();
      ++dimensions;
    } else if (is(K_COLLATE)) {
      break;
    } else {
      append(token_text(at_), ' ');
      skip();
    }
    end = at_;
  }
  Span span{tokens_[rule.first()].begin, tokens_[end - 1].end};
  NodeId list_node = make_list(arguments, {});
  NodeId type = add(NodeKind::NativeType, {list_node}, span, Symbol::of(name), dimensions);
  if (is(K_COLLATE)) {
    uint32_t first = at_;
    skip();
    NodeId collation = ident();
    attributes.push_back(
        add(NodeKind::ColumnAttr, {collation, NodeId{}}, since(first), {}, static_cast<uint8_t>(AttrKind::Collate)));
  }
  return type;
}

TreeBuilder::NodeId BlockBuilder::column_attribute(Ids& annotations) {
  Rule rule(*this, GrammarRule::ColumnAttribute);
  if (at(GrammarRule::Annotation)) {
    annotations.push_back(annotation());
    return {};
  }
  AttrKind kind = AttrKind::Null;
  NodeId value;
  NodeId columns;
  uint16_t word = type();
  skip();
  switch (word) {
    case K_NOT:
      kind = AttrKind::NotNull;
      skip();
      break;
    case K_PRIMARY:
      kind = AttrKind::PrimaryKey;
      skip();
      break;
    case K_UNIQUE:
      kind = AttrKind::Unique;
      break;
    case K_REFERENCES:
      kind = AttrKind::References;
      value = qname();
      if (at(GrammarRule::Identifiers)) columns = identifiers();
      break;
    case K_DEFAULT:
      kind = AttrKind::Default;
      value = operand();
      no_stray_star({});
      break;
    case K_RENAMED:
      kind = AttrKind::RenamedFrom;
      skip();
      value = ident();
      break;
    case K_TIMEZONE:
      kind = AttrKind::Timezone;
      value = string_literal();
      break;
    case K_FROM:
      kind = is(STRING) ? AttrKind::From : AttrKind::FromParent;
      if (is(STRING)) {
        value = string_literal();
      } else {
        skip();
        columns = identifiers();
      }
      break;
    case K_AS:
      kind = AttrKind::As;
      value = operand();
      no_stray_star({});
      break;
    case K_FORMAT:
      kind = AttrKind::Format;
      value = string_literal();
      break;
    case K_UNNEST:
      kind = AttrKind::UnnestAs;
      skip();
      value = ident();
      break;
    default:
      break;
  }
  return add(NodeKind::ColumnAttr, {value, columns}, since(rule.first()), {}, static_cast<uint8_t>(kind));
}

TreeBuilder::NodeId BlockBuilder::columns() {
  Rule rule(*this, GrammarRule::Columns);
  skip();
  uint32_t open = at_;
  skip();
  Ids definitions;
  while (at(GrammarRule::ColumnDefinition)) {
    definitions.push_back(column_definition());
    accept(COMMA);
  }
  accept(RPAREN);
  NodeId items = list(definitions, open);
  return add(NodeKind::Columns, {items}, since(rule.first()));
}

TreeBuilder::NodeId BlockBuilder::column_definition() {
  Rule rule(*this, GrammarRule::ColumnDefinition);
  Ids annotations;
  while (at(GrammarRule::Annotation)) annotations.push_back(annotation());
  uint32_t name_at = at_;
  uint16_t flags = type() == BACKTICK ? kQuoted : 0;
  Symbol name = identifier_text(at_);
  ident(GrammarRule::DeclaredName);
  NodeId type = collated_type();
  Ids attributes;
  uint32_t first_attribute = at_;
  while (at(GrammarRule::ColumnAttribute)) {
    if (NodeId attribute = column_attribute(annotations)) {
      if (tree_.op<AttrKind>(attribute) == AttrKind::NotNull) flags |= kNotNull;
      attributes.push_back(attribute);
    }
  }
  NodeId attribute_list = list(attributes, first_attribute);
  NodeId annotation_list = make_list(annotations, {});
  NodeId result =
      add(NodeKind::ColumnDecl, {type, attribute_list, annotation_list}, since(rule.first()), name, 0, flags);
  describe(rule.first(), name_at, result);
  return result;
}

TreeBuilder::NodeId BlockBuilder::expect() {
  Rule rule(*this, GrammarRule::ExpectItem);
  skip();
  NodeId condition;
  NodeId not_null;
  NodeId references;
  NodeId referenced;
  if (at(GrammarRule::Expr)) {
    condition = expression();
    no_stray_star({});
    if (accept(K_REFERENCES)) {
      references = qname();
      if (at(GrammarRule::Identifiers)) referenced = identifiers();
    }
  } else {
    skip();
    skip();
    not_null = identifiers();
  }
  Symbol policy;
  NodeId quarantine;
  if (accept(K_ELSE)) {
    policy = Symbol::of(lowered(token_text(at_)));
    if (at(GrammarRule::Quarantine)) {
      Rule aside(*this, GrammarRule::Quarantine);
      skip();
      quarantine = qname();
    } else {
      ident(GrammarRule::PlainWord);
    }
  }
  return add(NodeKind::Expect, {condition, not_null, references, referenced, quarantine}, since(rule.first()), policy);
}

TreeBuilder::NodeId BlockBuilder::parameter() {
  Rule rule(*this, GrammarRule::Parameter);
  uint16_t flags = type() == BACKTICK ? kQuoted : 0;
  Symbol name = identifier_text(at_);
  ident();
  ParamKind kind = ParamKind::Value;
  NodeId type;
  if (accept(K_TABLE)) {
    kind = ParamKind::Table;
    if (at(GrammarRule::TableShape)) type = table_shape();
  } else if (accept(K_COLUMN)) {
    kind = ParamKind::Column;
    if (at(GrammarRule::DataType)) type = data_type();
  } else if (accept(K_COLUMNS)) {
    kind = ParamKind::Columns;
  } else {
    type = data_type();
  }
  NodeId fallback;
  if (accept(EQ)) {
    fallback = operand();
    no_stray_star({});
  }
  Ids annotations;
  uint32_t first_annotation = at_;
  while (at(GrammarRule::Annotation)) annotations.push_back(annotation());
  NodeId annotation_list = list(annotations, first_annotation);
  NodeId result = add(NodeKind::ParamDecl, {type, fallback, annotation_list}, since(rule.first()), name,
                      static_cast<uint8_t>(kind), flags);
  describe(rule.first(), rule.first(), result);
  return result;
}

TreeBuilder::NodeId BlockBuilder::table_shape() {
  Rule rule(*this, GrammarRule::TableShape);
  Ids fields;
  skip();
  while (at(GrammarRule::StructField)) {
    fields.push_back(struct_field());
    accept(COMMA);
  }
  accept(RPAREN);
  return list(fields, rule.first());
}

}  // namespace pipec::syntax
