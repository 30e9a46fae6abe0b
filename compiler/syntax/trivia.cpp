#include "syntax/trivia.h"

#include <algorithm>

namespace pipec::syntax {

using namespace ast;

namespace {

class Attacher {
 public:
  Attacher(std::string_view text, const Tokens& tokens, Tree& tree) : text_(text), tokens_(tokens), tree_(tree) {}

  void attach(const Trivia& comment) {
    around_ = tree_.root;
    before_ = {};
    after_ = {};
    descend(tree_.root, comment);
    Comment::Place place = Comment::Place::Inside;
    NodeId node = around_;
    if (before_ && (!after_ || same_line(comment))) {
      place = Comment::Place::After;
      node = before_;
    } else if (after_) {
      place = Comment::Place::Before;
      node = after_;
    }
    Symbol words = Symbol::of(text_.substr(comment.begin, comment.end - comment.begin));
    tree_.comments.push_back({node, place, comment.line, words});
  }

 private:
  // The last node that ends before the comment, the first that begins after it, in the smallest one around
  // it.
  void descend(NodeId node, const Trivia& comment) {
    for (;;) {
      NodeId inner;
      NodeId last;
      NodeId next;
      scan(node, comment, inner, last, next);
      if (!inner) {
        before_ = last;
        after_ = next;
        return;
      }
      if (tree_.kind(inner) != NodeKind::List) around_ = inner;
      node = inner;
    }
  }

  void scan(NodeId node, const Trivia& comment, NodeId& inner, NodeId& last, NodeId& next) {
    auto children = tree_.children(node);
    bool ordered = tree_.kind(node) == NodeKind::List;
    size_t begin = 0;
    if (ordered && children.size() > 16) {  // rows of VALUES may be many
      begin = static_cast<size_t>(std::partition_point(children.begin(), children.end(),
                                                       [&](NodeId id) { return tree_[id].span.end <= comment.begin; }) -
                                  children.begin());
      if (begin > 0) --begin;
    }
    for (size_t i = begin; i < children.size(); ++i) {
      NodeId child = children[i];
      if (!child) continue;
      Span span = tree_[child].span;
      if (span.empty()) continue;
      if (span.begin <= comment.begin && comment.end <= span.end) {
        inner = child;
        return;
      }
      if (span.end <= comment.begin && (!last || tree_[last].span.end <= span.end)) last = child;
      if (span.begin >= comment.end && (!next || span.begin < tree_[next].span.begin)) next = child;
      if (ordered && span.begin >= comment.end) break;
    }
    // A list is no place for a comment: its ends are.
    while (last && tree_.kind(last) == NodeKind::List) last = edge(last, true);
    while (next && tree_.kind(next) == NodeKind::List) next = edge(next, false);
  }

  NodeId edge(NodeId list, bool last) const {
    auto children = tree_.children(list);
    if (children.empty()) return {};
    return last ? children.back() : children.front();
  }

  // Only the separator may stand between the node before and a comment that belongs to it: on the separator's line,
  // wherever that one is.
  bool same_line(const Trivia& comment) const {
    uint32_t from = tree_[before_].span.end;
    std::string_view gap = text_.substr(from, comment.begin - from);
    size_t separator = gap.find_last_of(",;");
    if (gap.find('\n', separator == std::string_view::npos ? 0 : separator) != std::string_view::npos) return false;
    bool only_separator = gap.find_first_not_of(" \t\r\n,;") == std::string_view::npos;
    if (!only_separator) return false;
    if (comment.line) return true;
    // A block comment in the middle of a line belongs to what follows, unless nothing does.
    size_t rest = text_.find_first_not_of(" \t\r,;", comment.end);
    return rest == std::string_view::npos || text_[rest] == '\n';
  }

  std::string_view text_;
  const Tokens& tokens_;
  Tree& tree_;
  NodeId around_;
  NodeId before_;
  NodeId after_;
};

std::string_view doc_line(std::string_view line) {
  line.remove_prefix(3);
  if (!line.empty() && line[0] == ' ') line.remove_prefix(1);
  return line;
}

}  // namespace

void attach_comments(std::string_view text, const Tokens& tokens, Tree& tree) {
  if (tokens.comments.empty() || !tree.root) return;
  Attacher attacher(text, tokens, tree);
  for (const Trivia& comment : tokens.comments) attacher.attach(comment);
}

void attach_docs(std::string_view text, const Tokens& tokens, const std::vector<Describable>& describables, Tree& tree,
                 std::vector<SyntaxError>& errors) {
  const std::vector<Trivia>& docs = tokens.docs;
  if (docs.empty()) return;
  bool broken = !errors.empty();
  std::vector<Doc> found;
  // By token: the innermost node that begins there, a column rather than the table around it.
  std::vector<const Describable*> owners(tokens.tokens.size() + 1);
  for (const Describable& candidate : describables) {
    for (uint32_t i = candidate.first_token; i <= candidate.last_token && i < owners.size(); ++i) {
      if (owners[i] == nullptr || candidate.first_token >= owners[i]->first_token) owners[i] = &candidate;
    }
  }
  for (size_t i = 0; i < docs.size();) {
    uint32_t before = docs[i].before;
    std::string joined;
    size_t begin = i;
    for (; i < docs.size() && docs[i].before == before; ++i) {
      if (i > begin) joined += '\n';
      joined += doc_line(text.substr(docs[i].begin, docs[i].end - docs[i].begin));
    }
    const Describable* owner = owners[std::min<size_t>(before, owners.size() - 1)];
    if (owner != nullptr) {
      if (found.empty() || found.back().node != owner->node) {
        found.push_back({owner->node, Symbol::of(joined)});
      } else {  // an annotation stood between
        found.back().text = Symbol::of(std::string(found.back().text.text()) + "\n" + joined);
      }
    } else if (!broken) {
      broken = true;
      SyntaxError& error = errors.emplace_back();
      error.kind = &diag::StrayDescription;
      error.span = {docs[begin].begin, docs[i - 1].end};
      error.message = "this describes nothing";
      error.help =
          "a `///` line stands right before a declaration, a table, a column or an item; comments begin with "
          "`--`";
    }
  }
  tree.docs.insert(tree.docs.end(), found.begin(), found.end());
}

}  // namespace pipec::syntax
