// Items of a block: which there are, and how to go on after one that is broken.
#include <fmt/format.h>

#include <algorithm>

#include "syntax/block_parser.h"
#include "syntax/failure.h"

namespace pipec::syntax {

using namespace ast;

namespace {

constexpr int kMostFailures = 100;  // in one block; then it is garbage

bool contains(std::span<const std::string_view> words, std::string_view wanted) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view one) {
    return one.size() == wanted.size() && std::equal(one.begin(), one.end(), wanted.begin(), [](char a, char b) {
             return a == (b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b);
           });
  });
}

}  // namespace

bool BlockParser::begins_line(uint32_t i) const {
  uint32_t at = list()[i].begin;
  while (at > 0 && (text_[at - 1] == ' ' || text_[at - 1] == '\t')) --at;
  return at == 0 || text_[at - 1] == '\n';
}

bool BlockParser::is_item_word(uint32_t i) const {
  if (!is_word(type(i)) && type(i) != IDENT) return false;
  return contains(block_->items, word(i));
}

// In the middle of a line a word of an item may be anything; these are the exceptions.
bool BlockParser::surely_item(uint32_t i) const {
  return type(i - 1) == RBRACE || (type(i) == K_COLUMNS && type(i + 1) == LPAREN) || type(i) == K_EXPECT;
}

// After an error: on to the next item, outside brackets; one at the beginning of a line counts even inside.
// False if the brackets do not tell where we are.
bool BlockParser::resynchronize(uint32_t item, uint32_t end) {
  uint32_t failed_at = at_;
  int depth = 0;
  bool sure = true;
  for (uint32_t i = item; i < end; ++i) {
    bool boundary = i > item && i >= failed_at && is_item_word(i) && (begins_line(i) || surely_item(i));
    if (boundary && depth <= 0) {
      at_ = i;
      return sure;
    }
    switch (type(i)) {
      case LPAREN:
      case LBRACK:
      case LBRACE:
        ++depth;
        break;
      case RPAREN:
      case RBRACK:
      case RBRACE:
        if (--depth < 0) sure = false;
        break;
      default:
        break;
    }
  }
  if (depth == 0 && sure) {
    at_ = end;
    return true;
  }
  for (uint32_t i = std::max(failed_at, item + 1); i < end; ++i) {
    if (is_item_word(i) && begins_line(i)) {
      at_ = i;
      return false;
    }
  }
  at_ = end;
  return false;
}

BlockParser::Ids BlockParser::items() {
  Ids result;
  uint32_t end = query_;
  while (at_ < end && failures_ <= kMostFailures) {
    uint32_t first = at_;
    Ids before;
    if (type(at_) == AT) {
      before = annotations_inside(end);
      if (at_ >= end) break;
    }
    if (!check_item_word()) {
      ++failures_;
      silent_ |= !resynchronize(at_++, end);
      continue;
    }
    uint32_t own = at_;
    if (run(block_->item, end)) {
      previous_item_ = own;
      result.push_back(builder_.item(before, first));
      continue;
    }
    ++failures_;
    NodeId broken = salvage(own, end, before, first);
    result.push_back(broken ? broken : error_node(span(own), Symbol::of(word(own))));
    silent_ |= !resynchronize(own, end);
  }
  silent_ = false;
  return result;
}

BlockParser::Ids BlockParser::annotations_inside(uint32_t end) {
  Ids result;
  while (at_ < end && type(at_) == AT) {
    uint32_t first = at_;
    if (run(Entry::Annotation, end)) {
      result.push_back(builder_.annotation());
    } else {
      resynchronize(first, end);
    }
  }
  return result;
}

bool BlockParser::check_item_word() {
  std::string_view text = word(at_);
  if (!is_word(type(at_)) && type(at_) != IDENT) {
    if (auto error = explain_token(text_, list()[at_])) {
      report(*error);
    } else if (!silent_) {
      fail(diag::Unexpected, span(at_),
           fmt::format("expected an item of this {} block, found `{}`", block_->word, text.substr(0, 40)));
    }
    return false;
  }
  if (contains(block_->items, text)) return true;
  if (silent_) return false;
  if (type(at_) == K_SELECT || type(at_) == K_WITH) {
    fail(diag::Unexpected, span(at_), fmt::format("expected an item or `as`, found `{}`", text),
         "`as` stands before a query");
    return false;
  }
  std::vector<std::string_view> words(block_->items.begin(), block_->items.end());
  std::vector<std::string_view> near = suggest(text, words);
  if (near.empty() && previous_item_ < at_ && !begins_line(at_)) {  // rather the item before it is wrong
    Failure failure{text_, list(), driver_, block_->item, previous_item_, query_, at_};
    report(explain(failure));
    return false;
  }
  SyntaxError& error =
      fail(diag::UnknownItem, span(at_), fmt::format("a {} block has no item `{}`", block_->word, text));
  if (!near.empty()) {
    error.help = did_you_mean(text, words);
    error.fix_title = fmt::format("write `{}`", near[0]);
    error.fix = {{span(at_), std::string(near[0])}};
  } else {
    std::string all;
    for (std::string_view one : words) all.append(all.empty() ? "" : ", ").append(one);
    error.help = "its items begin with " + all;
  }
  return false;
}

// A list of columns with a broken one in it: the others are still known.
NodeId BlockParser::salvage(uint32_t item, uint32_t end, const Ids& before, uint32_t first) {
  bool table = type(item) == K_TABLE;
  if (!table && type(item) != K_COLUMNS) return {};
  uint32_t open = item;
  while (open < end && type(open) != LPAREN) ++open;
  if (open == end || at_ <= open) return {};
  bool was_silent = silent_;
  silent_ = true;
  Ids members;
  uint32_t i = open + 1;
  bool closed = false;
  while (i < end && !closed) {
    int depth = 0;
    uint32_t stop = i;
    for (; stop < end; ++stop) {
      uint16_t t = type(stop);
      if (depth == 0 && (t == COMMA || t == RPAREN)) break;
      if (t == LPAREN || t == LT) ++depth;
      if (t == RPAREN || t == GT) --depth;
    }
    closed = type(stop) == RPAREN;
    at_ = i;
    if (stop > i && run(table ? Entry::TableMember : Entry::ColumnDefinition, stop) && at_ == stop) {
      members.push_back(table ? builder_.table_member() : builder_.column_definition());
    } else {
      members.push_back(error_node(span(i, stop)));
    }
    i = stop + 1;
  }
  silent_ = was_silent;
  uint32_t last = std::min(i, end);
  at_ = last;
  NodeId list_node = builder_.make_list(members, span(open, last));
  if (!table) return builder_.make(NodeKind::Columns, {list_node}, span(item, last));
  Ids names;
  for (uint32_t k = item + 1; k < open && (type(k) == IDENT || type(k) == BACKTICK || is_word(type(k))); k += 2) {
    names.push_back(out_.tree.add(NodeKind::Name, {}, Symbol::of(word(k)), 0, 0, span(k)));
    if (type(k + 1) != DOT) break;
  }
  NodeId name = builder_.make(NodeKind::QName, names, span(item + 1, open));
  NodeId properties = builder_.make_list({}, {});
  NodeId annotation_list = builder_.make_list(before, {});
  NodeId result = builder_.make(NodeKind::TableDecl, {name, properties, list_node, annotation_list}, span(first, last));
  builder_.describe(first, item, result);
  return result;
}

}  // namespace pipec::syntax
