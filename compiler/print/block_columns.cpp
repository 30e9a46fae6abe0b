// Lists of columns: one a line, types under types, what is said of them under that.
#include <algorithm>
#include <utility>

#include "print/block_writer.h"

namespace pipec::print {

using namespace ast;
using namespace syntax;

namespace {

// A longer name or type stands out of its column of the table and moves no other line.
constexpr uint32_t kWidestName = 40;
constexpr uint32_t kWidestType = 24;

}  // namespace

bool BlockWriter::is_column_list(uint32_t open, uint32_t close) const {
  for (NodeId member : marks_.children_between(marks_.inner(open), open, close)) {
    if (tree_.is<ColumnDecl>(member)) return true;
  }
  return false;
}

void BlockWriter::columns(uint32_t open, uint32_t close) {
  std::vector<NodeId> members = marks_.children_between(marks_.inner(open), open, close);
  std::vector<std::pair<uint32_t, Cells>> lines;
  uint32_t name_width = 0, type_width = 0;
  for (uint32_t first = open + 1; first < close;) {
    uint32_t end = first;
    while (end < close && type(end) != COMMA) {
      bool opens = type(end) == LPAREN || type(end) == LBRACE || type(end) == LBRACK;
      const SqlPart* part = marks_.sql(end);
      end = part != nullptr ? part->end : opens ? matching(end) + 1 : end + 1;
    }
    Cells found = cells(first, end, members);
    if (found.name_width <= kWidestName) name_width = std::max(name_width, found.name_width);
    if (found.type_width <= kWidestType) type_width = std::max(type_width, found.type_width);
    lines.emplace_back(first, found);
    first = end + 1;
  }
  layout_.text("(");
  {
    Layout::Indent indent(layout_);
    for (const auto& [first, found] : lines) {
      trail(first);
      if (first != open + 1 && blank_line_before(first)) layout_.hardline();
      layout_.hardline();
      lead(first);
      with_item(true, [&] { column(first, found, name_width, type_width); });
      if (found.end < close) {
        inside(found.end);
        layout_.text(",");
      }
    }
    trail(close);
    if (!notes_before(close).empty()) {
      layout_.hardline();
      lead(close);
    }
  }
  layout_.hardline();
  layout_.text(")");
}

BlockWriter::Cells BlockWriter::cells(uint32_t first, uint32_t end, const std::vector<NodeId>& members) {
  Cells result{first, end, end, end};
  for (NodeId member : members) {
    if (marks_.first_token(member) != first || !tree_.is<ColumnDecl>(member)) continue;
    NodeId type_node = tree_.get<ColumnDecl>(member).type;
    result.type = marks_.first_token(type_node);
    result.name = result.type - 1;
    result.rest = marks_.end_token(type_node);
    result.name_width = flat_width(result.name, result.type);
    if (result.rest < end) result.type_width = flat_width(result.type, result.rest);
  }
  return result;
}

void BlockWriter::column(uint32_t first, const Cells& cells, uint32_t name_width, uint32_t type_width) {
  Layout::Group group(layout_);
  if (cells.type == cells.end) return walk(first, cells.end);
  annotations(first, cells.name);
  walk(cells.name, cells.type);
  inside(cells.type);
  pad(cells.name_width, name_width);
  walk(cells.type, cells.rest);
  if (cells.rest == cells.end) return;
  inside(cells.rest);
  pad(cells.type_width, type_width);
  walk(cells.rest, cells.end);
}

/// The width of words on one line.
uint32_t BlockWriter::flat_width(uint32_t first, uint32_t end) {
  Layout outer = std::exchange(layout_, Layout());
  walk(first, end);
  uint32_t width = text_width(layout_.print(UINT32_MAX));
  layout_ = std::move(outer);
  return width;
}

void BlockWriter::pad(uint32_t width, uint32_t to) {
  layout_.text(std::string(width < to ? to - width + 1 : 1, ' '));
}

}  // namespace pipec::print
