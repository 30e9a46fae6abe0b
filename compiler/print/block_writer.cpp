#include "print/block_writer.h"

#include "print/reword.h"
#include "print/spacing.h"
#include "print/sql_writer.h"

namespace pipec::print {

using namespace ast;
using namespace syntax;

BlockWriter::BlockWriter(std::string_view text, Tree& tree, const Tokens& tokens)
    : text_(text), tree_(tree), tokens_(tokens), marks_(tree, tokens) {
  collect_notes();
  give_comments_to_sql();
}

Layout BlockWriter::run() {
  lead(0);
  uint32_t first = annotations(0, size());
  if (tree_.is<FunctionDecl>(tree_.root)) {
    function(first);
  } else {
    walk(first, size());
  }
  trail(size());
  return std::move(layout_);
}

/// Those before a declaration, a table or a column: a line of their own. Returns the word behind them.
uint32_t BlockWriter::annotations(uint32_t first, uint32_t end) {
  uint32_t i = first;
  {
    Layout::Group group(layout_);
    while (i < end && type(i) == AT) {
      if (i > first) {
        trail(i);
        layout_.line();
        lead(i);
      }
      uint32_t stop = i + 2 < end && type(i + 2) == LPAREN ? matching(i + 2) + 1 : i + 2;
      walk(i, stop);
      i = stop;
    }
  }
  if (i == first) return i;
  trail(i);
  layout_.hardline();
  lead(i);
  return i;
}

void BlockWriter::function(uint32_t first) {
  uint32_t stop = size() - (type(size() - 1) == SEMI ? 1 : 0);
  NodeId body = tree_.get<FunctionDecl>(tree_.root).body;
  uint32_t begin = stop;
  if (body) {
    begin = marks_.first_token(body);
    while (begin > first && type(begin - 1) != EQ) --begin;
  }
  Layout::Group group(layout_);
  walk(first, begin);
  if (begin < stop) {
    Layout::Indent indent(layout_);
    trail(begin);
    layout_.line();
    lead(begin);
    walk(begin, stop);
  }
  if (stop < size()) {
    inside(stop);
    put_word(stop);
  }
}

/// Words [first, end), the first one at a place that is ready for it; what stands before it is printed already.
void BlockWriter::walk(uint32_t first, uint32_t end) {
  uint32_t i = first;
  while (i < end) i = step(i, first);
}

uint32_t BlockWriter::step(uint32_t i, uint32_t first) {
  if (i > first && type(i) == K_VALUES && tree_.is<Property>(marks_.inner(i))) return rows(i);
  if (i > first) {
    inside(i);
    if (blank_before(i)) {
      if (type(i - 1) == COMMA) {
        if (in_item_) layout_.begin_indent();
        layout_.line();
        if (in_item_) layout_.end_indent();
      } else {
        layout_.text(" ");
      }
    }
  }
  if (const SqlPart* part = marks_.sql(i)) {
    sql(*part);
    return part->end;
  }
  if (type(i) != LPAREN && type(i) != LBRACE) {
    put_word(i);
    return i + 1;
  }
  uint32_t close = matching(i);
  with_item(false, [&] {
    if (type(i) == LBRACE) {
      braces(i, close);
    } else if (is_column_list(i, close)) {
      columns(i, close);
    } else {
      parentheses(i, close);
    }
  });
  return close + 1;
}

void BlockWriter::put_word(uint32_t i) {
  std::string_view text = word(i);
  if (keeps_case(i)) return layout_.verbatim(text);
  std::string lowered(text);
  for (char& c : lowered) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + ('a' - 'A'));
  }
  layout_.text(lowered);
}

/// Names keep their case; keywords, words of closed lists and types have none.
bool BlockWriter::keeps_case(uint32_t i) const {
  const Node& node = tree_[marks_.inner(i)];
  if (!is_word(type(i)) && type(i) != IDENT) return true;
  if (node.kind == NodeKind::Word || node.kind == NodeKind::NativeType || node.kind == NodeKind::Duration) return false;
  bool name = node.kind == NodeKind::Name || node.name.text() == word(i);
  return name || !is_word(type(i));
}

bool BlockWriter::blank_before(uint32_t i) const {
  if (type(i) == LPAREN && glued(i)) return false;
  return blank_between(tokens_.tokens[i - 1], tokens_.tokens[i]);
}

/// A parenthesis that belongs to the word before it.
bool BlockWriter::glued(uint32_t i) const {
  if (i >= 2 && (type(i - 2) == AT || type(i - 2) == K_CLEARS)) return true;
  NodeKind before = tree_.kind(marks_.inner(i - 1));
  if (before == NodeKind::Secret || before == NodeKind::NativeType) return true;
  if (!tree_.is<FunctionDecl>(tree_.root)) return false;
  return i == marks_.end_token(tree_.get<FunctionDecl>(tree_.root).name);
}

void BlockWriter::sql(const SqlPart& part) {
  SqlStyle style;
  style.specification = true;
  Layout printed = SqlWriter(style).lay_out({&tree_, part.node, nullptr});
  std::span<const Token> words(tokens_.tokens.data() + part.first, part.end - part.first);
  layout_.copy_all(reworded(printed, text_, words));
}

uint32_t BlockWriter::matching(uint32_t open) const {
  int depth = 0;
  for (uint32_t i = open; i < size(); ++i) {
    uint16_t t = type(i);
    if (t == LPAREN || t == LBRACE || t == LBRACK) ++depth;
    if ((t == RPAREN || t == RBRACE || t == RBRACK) && --depth == 0) return i;
  }
  return size() - 1;
}

}  // namespace pipec::print
