// One block: header, items and query are run one by one, so that an error in one leaves the others.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "syntax/antlr_driver.h"
#include "syntax/block_builder.h"
#include "syntax/block_words.h"
#include "syntax/lexer.h"
#include "syntax/parse.h"

namespace pipec::syntax {

class BlockParser {
 public:
  BlockParser(std::string_view text, ParsedBlock& out)
      : text_(text), out_(out), driver_(AntlrDriver::of_this_thread()), builder_(text, {}, out.tree, out.errors) {}

  void parse();

 private:
  using NodeId = ast::NodeId;
  using Ids = std::vector<NodeId>;

  uint32_t size() const { return static_cast<uint32_t>(text_.size()); }
  const std::vector<Token>& list() const { return tokens_.tokens; }
  uint16_t type(uint32_t i) const { return i < end_ ? list()[i].type : uint16_t{END}; }
  std::string_view word(uint32_t i) const { return text_.substr(list()[i].begin, list()[i].end - list()[i].begin); }
  Span span(uint32_t i) const {
    if (i < list().size()) return {list()[i].begin, list()[i].end};
    return {size(), size()};
  }
  Span span(uint32_t first, uint32_t end) const {
    return end > first ? Span{list()[first].begin, list()[end - 1].end} : Span{span(first).begin, span(first).begin};
  }
  NodeId error_node(Span where, Symbol name = {}) { return out_.tree.add(ast::NodeKind::Error, {}, name, 0, 0, where); }

  // ---- errors
  SyntaxError& fail(const DiagnosticKind& kind, Span where, std::string message, std::string help = {});
  void report(SyntaxError error) {
    if (!silent_) out_.errors.push_back(std::move(error));
  }
  bool brackets_pair() const;
  void keep_root_cause();

  // ---- the parts of a block (block_parser.cpp)
  bool run(Entry entry, uint32_t end);
  void fingerprints();
  Ids annotations();
  NodeId declaration();
  void no_block();
  void find_braces();
  void find_query();
  NodeId query();
  void trailing();
  NodeId function(const Ids& before);
  NodeId assemble(const Ids& before, const HeaderParts& header, const Ids& items, NodeId query);

  // ---- items, and the way on after a broken one (block_items.cpp)
  Ids items();
  Ids annotations_inside(uint32_t end);
  bool check_item_word();
  bool is_item_word(uint32_t i) const;
  bool surely_item(uint32_t i) const;
  bool begins_line(uint32_t i) const;
  bool resynchronize(uint32_t item, uint32_t end);
  NodeId salvage(uint32_t item, uint32_t end, const Ids& before, uint32_t first);

  std::string_view text_;
  ParsedBlock& out_;
  AntlrDriver& driver_;
  BlockBuilder builder_;
  Tokens tokens_;
  uint32_t end_ = 0;
  uint32_t at_ = 0;
  uint32_t too_deep_ = 0;
  const BlockWord* block_ = nullptr;
  uint32_t keyword_ = 0;
  uint32_t open_ = 0;   // the brace that opens the block
  uint32_t close_ = 0;  // its partner, or the end
  uint32_t query_ = 0;  // the `as` before the query, or close_
  uint32_t previous_item_ = UINT32_MAX;
  int failures_ = 0;
  bool close_missing_ = false;
  bool silent_ = false;  // after an error from which no certain way leads on
};

}  // namespace pipec::syntax
