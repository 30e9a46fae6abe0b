// Items that are more than words and values: options of a format or an engine, rows of a test, resources.
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

// A word that belongs to no closed list of the grammar, and what stands behind it: `delimiter ','`, `sortkey (ts)`.
TreeBuilder::NodeId BlockBuilder::option() {
  Rule rule(*this, child());
  std::string name = lowered(token_text(at_));
  if (at_child()) {
    Rule word(*this, child());
    skip();
  } else {
    skip();
  }
  Ids values;
  property_values(values, name);
  return add(NodeKind::Property, values, since(rule.first()), Symbol::of(name));
}

// `(*)` or `(a, b)`; of the first only the Wildcard is left.
TreeBuilder::NodeId BlockBuilder::column_set() {
  Rule rule(*this, GrammarRule::ColumnSet);
  if (at(GrammarRule::Identifiers)) return identifiers();
  skip();
  skip();
  NodeId all = add(NodeKind::Wildcard, {}, token_span(at_ - 1));
  accept(RPAREN);
  return all;
}

TreeBuilder::NodeId BlockBuilder::test_rows() {
  Rule rule(*this, GrammarRule::TestRows);
  NodeId columns = identifiers();
  skip();
  uint32_t first = at_;
  Ids rows;
  while (at(GrammarRule::TestRow)) {
    {
      Rule row(*this, GrammarRule::TestRow);
      skip();
      NodeId items = expression_list();
      accept(RPAREN);
      rows.push_back(add(NodeKind::Row, {items}, since(row.first())));
    }
    accept(COMMA);
  }
  NodeId list_of_rows = list(rows, first);
  return add(NodeKind::Property, {columns, list_of_rows}, since(rule.first()), Symbol::of("rows"));
}

TreeBuilder::NodeId BlockBuilder::resource(const Ids& annotations, uint32_t first) {
  Rule rule(*this, GrammarRule::ResourceItem);
  auto is_topic = static_cast<uint8_t>(is(K_TOPIC));
  skip();
  NodeId name = qname();
  uint32_t open = at_;
  skip();
  Ids parts;
  while (at(GrammarRule::ResourcePart)) {
    uint32_t part_first = at_;
    parts.push_back(item({}, part_first));
  }
  accept(RBRACE);
  NodeId items = list(parts, open);
  NodeId annotation_list = make_list(annotations, {});
  return add(NodeKind::ResourceDecl, {name, items, annotation_list}, since(first), {}, is_topic);
}

}  // namespace pipec::syntax
