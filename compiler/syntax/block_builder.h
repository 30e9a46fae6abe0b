// Declarations: headers and items of blocks into the tree. Most items become a Property: its leading words
// are the name, what follows are its values.
#pragma once

#include "syntax/tree_builder.h"

namespace pipec::syntax {

/// What a block's first line says; which of them depends on the kind of block.
struct HeaderParts {
  ast::NodeId name;                 // QName or Name
  ast::NodeId target;               // QName: `on`, `cdc`'s target
  ast::NodeId source;               // QName: `from`
  ast::NodeId destination;          // Name
  ast::NodeId except;               // List of QName
  ast::NodeId params;               // List of ParamDecl
  ast::NodeId returns;              // DataType; none: table
  std::vector<ast::NodeId> clears;  // as annotations
};

/// A node that a description may stand before: from its first token (an annotation, perhaps) to its own first
/// word.
struct Describable {
  uint32_t first_token;
  uint32_t last_token;
  ast::NodeId node;
};

class BlockBuilder : public TreeBuilder {
 public:
  using TreeBuilder::begin;
  using TreeBuilder::TreeBuilder;

  NodeId annotation();
  HeaderParts header();
  NodeId function_body();  // none: external
  /// Any of the items. `annotations` stand before it and belong to a table; they start at token `first`.
  NodeId item(const Ids& annotations, uint32_t first);
  NodeId table_member();
  NodeId column_definition();
  NodeId make(NodeKind kind, const std::vector<NodeId>& children, Span span, Symbol name = {}, uint16_t flags = 0) {
    return add(kind, children, span, name, 0, flags);
  }
  NodeId make_list(const Ids& children, Span span) { return add(NodeKind::List, children, span); }
  void describe(uint32_t first, uint32_t last, NodeId node) { describables.push_back({first, last, node}); }

  std::vector<Describable> describables;

 private:
  bool at_child() const;
  GrammarRule child() const { return static_cast<GrammarRule>(events_[event_].rule); }
  NodeId property();
  void property_values(Ids& values, std::string_view name);
  NodeId option();
  NodeId column_set();
  NodeId test_rows();
  NodeId resource(const Ids& annotations, uint32_t first);
  NodeId value();
  NodeId annotation_argument();
  NodeId annotation_value();
  NodeId constant();
  NodeId name_or_string();
  NodeId star_name();
  NodeId duration();
  NodeId secret();
  NodeId word();
  NodeId word_list();
  NodeId name_list_rule();
  NodeId grant();
  NodeId indexed();
  NodeId selection();
  NodeId table(const Ids& annotations, uint32_t first);
  NodeId table_constraint();
  NodeId native_type(Ids& attributes);
  NodeId column_attribute(Ids& annotations);
  NodeId columns();
  NodeId expect();
  NodeId parameter();
  NodeId table_shape();
};

}  // namespace pipec::syntax
