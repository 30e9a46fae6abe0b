// One block of a specification into a layout. The words come from the text, their places from the tree: what stands in
// braces are items, a line each or all on one; what stands in parentheses is a list; expressions and queries go to the
// printer of SQL; a list of columns is a table.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ast/tree.h"
#include "print/block_marks.h"
#include "print/layout.h"
#include "syntax/lexer.h"

namespace pipec::print {

class BlockWriter {
 public:
  /// `tree`: of the text, without errors; its comments are given away.
  BlockWriter(std::string_view text, ast::Tree& tree, const syntax::Tokens& tokens);
  Layout run();

 private:
  using NodeId = ast::NodeId;

  uint32_t size() const { return static_cast<uint32_t>(tokens_.tokens.size()); }
  uint16_t type(uint32_t i) const { return i < size() ? tokens_.tokens[i].type : uint16_t{syntax::END}; }
  std::string_view word(uint32_t i) const {
    return text_.substr(tokens_.tokens[i].begin, tokens_.tokens[i].end - tokens_.tokens[i].begin);
  }

  // ---- block_writer.cpp
  uint32_t annotations(uint32_t first, uint32_t end);
  void function(uint32_t first);
  void walk(uint32_t first, uint32_t end);
  uint32_t step(uint32_t i, uint32_t first);
  void put_word(uint32_t i);
  bool keeps_case(uint32_t i) const;
  bool blank_before(uint32_t i) const;
  bool glued(uint32_t i) const;
  void sql(const SqlPart& part);
  uint32_t matching(uint32_t open) const;

  // ---- block_items.cpp
  void braces(uint32_t open, uint32_t close);
  std::vector<uint32_t> items_between(uint32_t open, uint32_t close) const;
  bool fits_one_line(const std::vector<uint32_t>& items, uint32_t close) const;
  void item(uint32_t first, uint32_t end);
  template <typename Print>
  void with_item(bool in_item, Print&& print) {
    bool outer = std::exchange(in_item_, in_item);
    print();
    in_item_ = outer;
  }
  void query(uint32_t as, uint32_t close);
  void parentheses(uint32_t open, uint32_t close);
  uint32_t rows(uint32_t values);

  // ---- block_columns.cpp
  struct Cells {
    uint32_t name = 0, type = 0, rest = 0, end = 0;  // first words; type == end: no column
    uint32_t name_width = 0, type_width = 0;
  };
  bool is_column_list(uint32_t open, uint32_t close) const;
  void columns(uint32_t open, uint32_t close);
  Cells cells(uint32_t first, uint32_t end, const std::vector<NodeId>& members);
  void column(uint32_t first, const Cells& cells, uint32_t name_width, uint32_t type_width);
  uint32_t flat_width(uint32_t first, uint32_t end);
  void pad(uint32_t width, uint32_t to);

  // ---- block_comments.cpp
  struct Note {  // a comment or a description
    uint32_t begin = 0;
    uint32_t end = 0;
    uint32_t before = 0;  // the word that follows
    bool line = true;
    bool doc = false;
  };
  void collect_notes();
  void give_comments_to_sql();
  std::vector<Note> notes_before(uint32_t i) const;
  bool ends_line(const Note& note) const;
  bool notes_between(uint32_t first, uint32_t end) const;
  std::string note_text(const Note& note) const;
  void trail(uint32_t i);   // what stands on the line of the word before
  void lead(uint32_t i);    // what stands above the word, at the beginning of a line
  void inside(uint32_t i);  // both, in the middle of a line
  bool blank_line_before(uint32_t i) const;

  std::string_view text_;
  ast::Tree& tree_;
  const syntax::Tokens& tokens_;
  BlockMarks marks_;
  std::vector<Note> notes_;
  Layout layout_;
  bool in_item_ = false;  // what goes on in a new line is indented; in brackets it is already
};

}  // namespace pipec::print
