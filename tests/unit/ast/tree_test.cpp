#include "ast/tree.h"

#include <catch2/catch.hpp>

namespace pipec::ast {
namespace {

NodeId name(Tree& tree, std::string_view text, uint16_t flags = 0) {
  return tree.add(NodeKind::Name, {}, Symbol::of(text), 0, flags);
}

NodeId column(Tree& tree, std::string_view text) {
  return tree.add(NodeKind::ColumnRef, {name(tree, text)});
}

NodeId add_op(Tree& tree, NodeId left, NodeId right) {
  return tree.add(NodeKind::Binary, {left, right}, {}, static_cast<uint8_t>(BinaryOp::Add));
}

}  // namespace

TEST_CASE("children come back as the struct of their kind") {
  Tree tree;
  NodeId left = column(tree, "a");
  NodeId sum = add_op(tree, left, column(tree, "b"));
  Binary binary = tree.get<Binary>(sum);
  CHECK(binary.left == left);
  CHECK(tree.is<ColumnRef>(binary.right));
  CHECK_FALSE(tree.is<ColumnRef>(NodeId{}));
  CHECK(tree.op<BinaryOp>(sum) == BinaryOp::Add);
  CHECK(dump(tree, sum) == "(Binary.Add (ColumnRef a) (ColumnRef b))");
}

TEST_CASE("absent children: a dash between, nothing at the end") {
  Tree tree;
  NodeId item = tree.add(NodeKind::SelectItem, {column(tree, "a"), NodeId{}}, Symbol::of("x y"));
  CHECK(dump(tree, item) == "(SelectItem \"x y\" (ColumnRef a))");
  NodeId test = tree.add(NodeKind::Case, {NodeId{}, tree.add(NodeKind::List, {}), NodeId{}});
  CHECK(dump(tree, test) == "(Case - [])");
}

TEST_CASE("a wide subtree is broken over lines") {
  Tree tree;
  std::vector<NodeId> names;
  for (int i = 0; i < 3; ++i) names.push_back(column(tree, std::string(40, static_cast<char>('a' + i))));
  std::string text = dump(tree, tree.add(NodeKind::List, names));
  CHECK(text == "[\n  (ColumnRef " + std::string(40, 'a') + ")\n  (ColumnRef " + std::string(40, 'b') +
                    ")\n  (ColumnRef " + std::string(40, 'c') + ")]");
}

TEST_CASE("dotted joins the names") {
  Tree tree;
  NodeId qname = tree.add(NodeKind::QName, {name(tree, "silver"), name(tree, "odd name", kQuoted)});
  CHECK(tree.dotted(qname).text() == "silver.odd name");
  CHECK(dump(tree, qname) == "(QName silver `odd name`)");
}

TEST_CASE("copy brings the subtree with its comments and docs, and only those") {
  Tree other;
  NodeId inner = column(other, "a");
  NodeId outside = column(other, "zzz");
  NodeId root = add_op(other, inner, column(other, "b"));
  other.comments.push_back({inner, Comment::Place::After, true, Symbol::of("-- why")});
  other.comments.push_back({outside, Comment::Place::Before, true, Symbol::of("-- not mine")});
  other.docs.push_back({root, Symbol::of("the sum")});
  Tree tree;
  column(tree, "first");
  NodeId copied = tree.copy(other, root);
  CHECK(same(other, root, tree, copied));
  REQUIRE(tree.comments.size() == 1);
  CHECK(tree.comments[0].node == tree.get<Binary>(copied).left);
  CHECK(tree.doc(copied).text() == "the sum");
  CHECK(tree.doc(tree.comments[0].node).empty());
}

TEST_CASE("same ignores parentheses and spans, and nothing else") {
  Tree a;
  NodeId plain = add_op(a, column(a, "x"), column(a, "y"));
  Tree b;
  NodeId wrapped = b.add(NodeKind::Paren, {column(b, "y")});
  NodeId with_parens = add_op(b, column(b, "x"), wrapped);
  b.mutable_node(with_parens).span = {3, 9};
  CHECK(same(a, plain, b, with_parens));
  CHECK_FALSE(same(a, plain, b, add_op(b, column(b, "y"), column(b, "x"))));
  CHECK_FALSE(same(a, plain, b, NodeId{}));
  CHECK(same(a, NodeId{}, b, NodeId{}));
}

}  // namespace pipec::ast
