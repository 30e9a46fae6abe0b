#include "ast/tree.h"

#include <algorithm>

namespace pipec::ast {

Tree::Tree() : nodes_(1) {}  // node 0 is "none"

NodeId Tree::add(NodeKind kind, std::span<const NodeId> children, Symbol name, uint8_t op, uint16_t flags, Span span) {
  NodeId id{static_cast<uint32_t>(nodes_.size())};
  Node& node = nodes_.emplace_back();
  node.kind = kind;
  node.op = op;
  node.flags = flags;
  node.name = name;
  node.first_child = static_cast<uint32_t>(children_.size());
  node.child_count = static_cast<uint32_t>(children.size());
  node.span = span;
  children_.insert(children_.end(), children.begin(), children.end());
  return id;
}

namespace {

struct Copier {
  const Tree& from;
  Tree& to;
  std::vector<NodeId> moved;  // by the old id; 0: not copied

  NodeId copy(NodeId old) {
    if (!old) return {};
    std::vector<NodeId> children;
    children.reserve(from.children(old).size());
    for (NodeId child : from.children(old)) children.push_back(copy(child));
    const Node& node = from[old];
    NodeId fresh = to.add(node.kind, children, node.name, node.op, node.flags, node.span);
    moved[old.value] = fresh;
    return fresh;
  }
};

}  // namespace

NodeId Tree::copy(const Tree& other, NodeId old_root) {
  Copier copier{other, *this, std::vector<NodeId>(other.size())};
  NodeId fresh = copier.copy(old_root);
  for (const Comment& comment : other.comments) {
    if (NodeId node = copier.moved[comment.node.value]) {
      comments.push_back({node, comment.place, comment.line, comment.text});
    }
  }
  for (const Doc& doc : other.docs) {
    if (NodeId node = copier.moved[doc.node.value]) docs.push_back({node, doc.text});
  }
  return fresh;
}

Symbol Tree::doc(NodeId id) const {
  for (const Doc& doc : docs) {
    if (doc.node == id) return doc.text;
  }
  return {};
}

Symbol Tree::dotted(NodeId qname) const {
  std::span<const NodeId> parts = children(qname);
  if (parts.size() == 1) return name(parts[0]);
  std::string joined;
  for (NodeId part : parts) {
    if (!joined.empty()) joined += '.';
    joined += name(part).text();
  }
  return Symbol::of(joined);
}

std::string_view kind_name(NodeKind kind) {
  static constexpr std::string_view kNames[] = {
#define PIPEC_NODE(kind) #kind,
#include "ast/kinds.def"
#undef PIPEC_NODE
  };
  return kNames[static_cast<size_t>(kind)];
}

namespace {

NodeId without_parens(const Tree& tree, NodeId id) {
  while (tree.is<Paren>(id)) id = tree.get<Paren>(id).inner;
  return id;
}

}  // namespace

bool same(const Tree& a, NodeId a_root, const Tree& b, NodeId b_root) {
  a_root = without_parens(a, a_root);
  b_root = without_parens(b, b_root);
  if (!a_root || !b_root) return !a_root && !b_root;
  const Node& x = a[a_root];
  const Node& y = b[b_root];
  if (x.kind != y.kind || x.op != y.op || x.flags != y.flags || x.name != y.name) return false;
  auto xs = a.children(a_root);
  auto ys = b.children(b_root);
  return std::equal(xs.begin(), xs.end(), ys.begin(), ys.end(), [&](NodeId s, NodeId t) { return same(a, s, b, t); });
}

}  // namespace pipec::ast
