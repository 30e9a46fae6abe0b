// The author's comments of one tree, by node, and which of them are printed already.
#pragma once

#include <vector>

#include "ast/tree.h"

namespace pipec::print {

class Comments {
 public:
  explicit Comments(const ast::Tree& tree) : tree_(tree) {
    if (tree.comments.empty()) return;
    first_.resize(tree.size());
    next_.resize(tree.comments.size());
    printed_.resize(tree.comments.size());
    for (uint32_t i = static_cast<uint32_t>(tree.comments.size()); i-- > 0;) {
      uint32_t& head = first_[tree.comments[i].node.value];
      next_[i] = head;
      head = i + 1;
    }
  }

  bool none() const { return first_.empty(); }
  /// Calls `print` for the comments of a node at a place, once each.
  template <typename Print>
  void take(ast::NodeId node, ast::Comment::Place place, Print&& print) {
    if (none()) return;
    for (uint32_t i = first_[node.value]; i != 0; i = next_[i - 1]) {
      const ast::Comment& comment = tree_.comments[i - 1];
      if (comment.place != place || printed_[i - 1]) continue;
      printed_[i - 1] = 1;
      print(comment);
    }
  }

 private:
  const ast::Tree& tree_;
  std::vector<uint32_t> first_;  // by node; 1 + index
  std::vector<uint32_t> next_;   // by comment
  std::vector<char> printed_;
};

}  // namespace pipec::print
