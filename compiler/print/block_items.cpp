// What stands in braces and in parentheses.
#include <algorithm>

#include "print/block_writer.h"
#include "print/spacing.h"

namespace pipec::print {

using namespace ast;
using namespace syntax;

namespace {

constexpr size_t kMostOnOneLine = 4;

}  // namespace

/// The first word of each item; the last one may be the `as` of the query.
std::vector<uint32_t> BlockWriter::items_between(uint32_t open, uint32_t close) const {
  std::vector<uint32_t> result;
  for (NodeId node : marks_.children_between(marks_.inner(open), open, close)) {
    result.push_back(marks_.first_token(node));
  }
  uint32_t as = marks_.query_as();
  bool has_query = as > open && as < close;
  if (has_query) {
    std::erase_if(result, [&](uint32_t first) { return first > as; });
    result.push_back(as);
  }
  if (open + 1 < close && (result.empty() || result[0] != open + 1)) result.insert(result.begin(), open + 1);
  return result;
}

bool BlockWriter::fits_one_line(const std::vector<uint32_t>& items, uint32_t close) const {
  if (items.size() > kMostOnOneLine || (!items.empty() && items.back() == marks_.query_as())) return false;
  for (size_t i = 1; i < items.size(); ++i) {
    if (blank_line_before(items[i])) return false;
  }
  return !notes_between(items.empty() ? close : items[0], close + 1);
}

/// "{ a  b }" where that fits and is no more than a few items, else a line for each.
void BlockWriter::braces(uint32_t open, uint32_t close) {
  std::vector<uint32_t> items = items_between(open, close);
  layout_.text("{");
  if (items.empty() && !notes_between(close, close + 1)) return layout_.text("}");
  Layout::Group group(layout_);
  if (!fits_one_line(items, close)) layout_.break_parent();
  {
    Layout::Indent indent(layout_);
    for (size_t i = 0; i < items.size(); ++i) {
      uint32_t end = i + 1 < items.size() ? items[i + 1] : close;
      trail(items[i]);
      if (i > 0) layout_.if_break("", " ");
      if (i > 0 && blank_line_before(items[i])) layout_.hardline();
      layout_.line();
      lead(items[i]);
      if (items[i] == marks_.query_as()) {
        query(items[i], close);
      } else {
        item(items[i], end);
      }
    }
    trail(close);
    if (!notes_before(close).empty()) {
      layout_.hardline();
      lead(close);
    }
  }
  layout_.line();
  layout_.text("}");
}

void BlockWriter::item(uint32_t first, uint32_t end) {
  first = annotations(first, end);
  Layout::Group group(layout_);
  with_item(true, [&] { walk(first, end); });
}

void BlockWriter::query(uint32_t as, uint32_t close) {
  put_word(as);
  trail(as + 1);
  layout_.hardline();
  lead(as + 1);
  walk(as + 1, close);
}

void BlockWriter::parentheses(uint32_t open, uint32_t close) {
  layout_.text("(");
  Layout::Group group(layout_);
  {
    Layout::Indent indent(layout_);
    trail(open + 1);
    layout_.softline();
    lead(open + 1);
    walk(open + 1, close);
    inside(close);
  }
  layout_.softline();
  layout_.text(")");
}

/// The rows of a test behind its columns: on the same line where they fit, else each on its own. Returns the word behind.
uint32_t BlockWriter::rows(uint32_t values) {
  uint32_t end = values + 1;
  size_t count = 0;
  for (bool more = true; more; ++count) {
    end = matching(end) + 1;
    more = type(end) == COMMA;
    if (more) ++end;
  }
  Layout::Indent below_the_item(layout_);
  inside(values);
  layout_.line();
  put_word(values);
  Layout::Indent below_the_word(layout_);
  for (uint32_t i = values + 1; i < end;) {
    inside(i);
    if (count > 1) {
      layout_.line();
    } else {
      layout_.text(" ");
    }
    walk(i, matching(i) + 1);
    i = matching(i) + 1;
    if (i == end) break;
    inside(i);
    put_word(i++);
  }
  return end;
}

}  // namespace pipec::print
