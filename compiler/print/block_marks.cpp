#include "print/block_marks.h"

#include <algorithm>

namespace pipec::print {

using namespace ast;

namespace {

/// Expressions, types and queries, but for single words and dotted names: those are words like any others.
bool is_sql(NodeKind kind) {
  switch (kind) {
    case NodeKind::Literal:
    case NodeKind::ColumnRef:
    case NodeKind::Star:
    case NodeKind::Param:
      return false;
    default:
      return kind > NodeKind::QName && kind < NodeKind::SourceDecl;
  }
}

/// `unique (a, b)` is read as a call, and written as the words of an item.
bool is_unique(const Tree& tree, NodeId id) {
  if (!tree.is<Call>(id)) return false;
  std::span<const NodeId> names = tree.children(tree.get<Call>(id).function);
  return names.size() == 1 && tree.name(names[0]).folded().text() == "unique";
}

}  // namespace

BlockMarks::BlockMarks(const Tree& tree, const syntax::Tokens& tokens)
    : tree_(tree),
      tokens_(tokens.tokens),
      inner_(tokens_.size(), tree.root),
      sql_(tokens_.size()),
      query_as_(static_cast<uint32_t>(tokens_.size())) {
  visit(tree.root);
  widen_query();
  std::sort(parts_.begin(), parts_.end(), [](const SqlPart& a, const SqlPart& b) { return a.first < b.first; });
  for (uint32_t i = 0; i < parts_.size(); ++i) sql_[parts_[i].first] = i + 1;
}

uint32_t BlockMarks::token_at(uint32_t offset) const {
  auto found = std::lower_bound(tokens_.begin(), tokens_.end(), offset,
                                [](const syntax::Token& token, uint32_t at) { return token.begin < at; });
  return static_cast<uint32_t>(found - tokens_.begin());
}

void BlockMarks::visit(NodeId id) {
  if (!id) return;
  Span span = tree_[id].span;
  if (!span.empty() && tree_.kind(id) != NodeKind::List) {
    std::fill(inner_.begin() + token_at(span.begin), inner_.begin() + token_at(span.end), id);
    if (is_sql(tree_.kind(id))) return add_sql(id);
  }
  visit_children(id);
}

void BlockMarks::visit_children(NodeId id) {
  for (NodeId child : tree_.children(id)) {
    if (tree_.is<Expect>(id) && is_unique(tree_, child)) {
      visit_children(child);
    } else {
      visit(child);
    }
  }
}

void BlockMarks::add_sql(NodeId id) {
  parts_.push_back({id, first_token(id), end_token(id)});
}

// Parentheses around a whole query or body are in no node of their own.
void BlockMarks::widen_query() {
  for (NodeId child : tree_.children(tree_.root)) {
    for (SqlPart& part : parts_) {
      if (part.node != child) continue;
      while (part.first > 0 && tokens_[part.first - 1].type == syntax::LPAREN) --part.first;
      while (part.end < tokens_.size() && tokens_[part.end].type == syntax::RPAREN) ++part.end;
      if (part.first > 0 && tokens_[part.first - 1].type == syntax::K_AS) query_as_ = part.first - 1;
    }
  }
}

void BlockMarks::collect(NodeId node, uint32_t open, uint32_t close, std::vector<NodeId>& out) const {
  for (NodeId child : tree_.children(node)) {
    if (!child) continue;
    if (tree_.kind(child) == NodeKind::List) {
      collect(child, open, close, out);
      continue;
    }
    if (tree_[child].span.empty()) continue;
    uint32_t first = first_token(child);
    if (first > open && first < close) out.push_back(child);
  }
}

std::vector<NodeId> BlockMarks::children_between(NodeId node, uint32_t open, uint32_t close) const {
  std::vector<NodeId> result;
  collect(node, open, close, result);
  std::sort(result.begin(), result.end(),
            [&](NodeId a, NodeId b) { return tree_[a].span.begin < tree_[b].span.begin; });
  return result;
}

}  // namespace pipec::print
