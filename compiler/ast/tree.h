// A syntax tree: nodes of one size in one vector, children as ids in another. One tree a declaration, query or
// generated statement; it is never shared between them, and nothing in it points outside.
#pragma once

#include <algorithm>
#include <cstring>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "ast/nodes.h"
#include "base/symbol.h"
#include "base/text.h"

namespace pipec::ast {

struct Node {
  NodeKind kind = NodeKind::Error;
  uint8_t op = 0;
  uint16_t flags = 0;
  Symbol name;
  uint32_t first_child = 0;  // index into the children
  uint32_t child_count = 0;
  Span span;  // bytes, relative to the declaration; empty for generated nodes

  bool has(NodeFlag flag) const { return (flags & flag) != 0; }
};

/// A comment of the author, with the node that it belongs to. Each comment is attached exactly once.
struct Comment {
  enum class Place : uint8_t { Before, After, Inside };
  NodeId node;
  Place place = Place::Before;
  bool line = true;  // "-- text", else "/* text */"
  Symbol text;       // with its marks, without the end of line
};

/// A `///` text of a declaration or a column: the lines joined by '\n', marks and one blank taken off.
struct Doc {
  NodeId node;
  Symbol text;
};

class Tree {
 public:
  Tree();

  const Node& operator[](NodeId id) const { return nodes_[id.value]; }
  NodeKind kind(NodeId id) const { return nodes_[id.value].kind; }
  Symbol name(NodeId id) const { return nodes_[id.value].name; }
  template <typename Enum>
  Enum op(NodeId id) const {
    return static_cast<Enum>(nodes_[id.value].op);
  }
  bool has(NodeId id, NodeFlag flag) const { return nodes_[id.value].has(flag); }
  std::span<const NodeId> children(NodeId id) const {
    const Node& node = nodes_[id.value];
    return {children_.data() + node.first_child, node.child_count};
  }
  /// The children of a kind with fixed slots; slots that the node does not have are none. The node must be of that kind.
  template <typename T>
  T get(NodeId id) const {
    static_assert(sizeof(T) % sizeof(NodeId) == 0);
    const Node& node = nodes_[id.value];
    T result{};
    std::memcpy(static_cast<void*>(&result), children_.data() + node.first_child,
                std::min(sizeof(T), node.child_count * sizeof(NodeId)));
    return result;
  }
  /// True if the node is one of the kind; false for none.
  template <typename T>
  bool is(NodeId id) const {
    return id && nodes_[id.value].kind == T::kind;
  }
  std::span<const NodeId> list(NodeId id) const {  // of a List, or of none
    return id ? children(id) : std::span<const NodeId>{};
  }

  NodeId add(NodeKind kind, std::span<const NodeId> children, Symbol name = {}, uint8_t op = 0, uint16_t flags = 0,
             Span span = {});
  NodeId add(NodeKind kind, std::initializer_list<NodeId> children, Symbol name = {}, uint8_t op = 0,
             uint16_t flags = 0, Span span = {}) {
    return add(kind, std::span<const NodeId>(children.begin(), children.size()), name, op, flags, span);
  }
  Node& mutable_node(NodeId id) { return nodes_[id.value]; }
  /// Copies a subtree of another tree (never of this one) and returns its root here. Comments and docs come along.
  NodeId copy(const Tree& other, NodeId root);

  NodeId root;
  std::vector<Comment> comments;  // in the order of the text
  std::vector<Doc> docs;

  Symbol doc(NodeId id) const;
  size_t size() const { return nodes_.size(); }
  /// "a.b.c" of a QName's or ColumnRef's names.
  Symbol dotted(NodeId qname) const;

 private:
  std::vector<Node> nodes_;
  std::vector<NodeId> children_;
};

std::string_view kind_name(NodeKind kind);
/// Indented text of a subtree, for tests.
std::string dump(const Tree& tree, NodeId root);
/// True if both subtrees say the same: kinds, names, ops, flags, children. Paren nodes, spans and comments are ignored.
bool same(const Tree& a, NodeId a_root, const Tree& b, NodeId b_root);

}  // namespace pipec::ast
