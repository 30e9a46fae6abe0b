// What the tree says about each word of a block: the node that it belongs to, where an expression or query begins, and
// whose comments those inside are. Nothing here knows an item by name, so that a new one needs no rule.
#pragma once

#include <vector>

#include "ast/tree.h"
#include "syntax/lexer.h"

namespace pipec::print {

/// Words [first, end) that the printer of SQL lays out.
struct SqlPart {
  ast::NodeId node;
  uint32_t first = 0;
  uint32_t end = 0;
};

class BlockMarks {
 public:
  BlockMarks(const ast::Tree& tree, const syntax::Tokens& tokens);

  /// The smallest node around a word.
  ast::NodeId inner(uint32_t token) const { return inner_[token]; }
  /// The part that begins with the word, or none.
  const SqlPart* sql(uint32_t token) const { return sql_[token] == 0 ? nullptr : &parts_[sql_[token] - 1]; }
  const std::vector<SqlPart>& sql_parts() const { return parts_; }
  /// The `as` before the block's query; the number of words if there is none.
  uint32_t query_as() const { return query_as_; }
  /// The first word of a node, the one behind its last.
  uint32_t first_token(ast::NodeId node) const { return token_at(tree_[node].span.begin); }
  uint32_t end_token(ast::NodeId node) const { return token_at(tree_[node].span.end); }
  /// The children of a node, lists looked through, that lie between two words; in the order of the text.
  std::vector<ast::NodeId> children_between(ast::NodeId node, uint32_t open, uint32_t close) const;

 private:
  uint32_t token_at(uint32_t offset) const;
  void visit(ast::NodeId id);
  void visit_children(ast::NodeId id);
  void add_sql(ast::NodeId id);
  void widen_query();
  void collect(ast::NodeId node, uint32_t open, uint32_t close, std::vector<ast::NodeId>& out) const;

  const ast::Tree& tree_;
  const std::vector<syntax::Token>& tokens_;
  std::vector<ast::NodeId> inner_;
  std::vector<uint32_t> sql_;  // 1 + index in parts_
  std::vector<SqlPart> parts_;
  uint32_t query_as_;
};

}  // namespace pipec::print
