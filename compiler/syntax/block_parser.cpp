// One block: header, items and query are run one by one, so that an error in one leaves the others.
#include <fmt/format.h>

#include <algorithm>

#include "syntax/block_builder.h"
#include "syntax/block_words.h"
#include "syntax/failure.h"
#include "syntax/mentions.h"
#include "syntax/parse.h"
#include "syntax/trivia.h"

namespace pipec::syntax {

using namespace ast;

namespace {

constexpr int kMostFailures = 100;  // in one block; then it is garbage

class BlockParser {
 public:
  BlockParser(std::string_view text, ParsedBlock& out)
      : text_(text),
        out_(out),
        driver_(AntlrDriver::of_this_thread()),
        builder_(text, {}, out.tree, out.errors) {}

  void parse() {
    if (auto error = check_bytes(text_)) {
      fail(*error);
      out_.tree.root = out_.tree.add(NodeKind::Error, {}, {}, 0, 0, {0, size()});
      return;
    }
    lex(text_, tokens_);
    fingerprints();
    bool lost_quote = std::any_of(tokens_.tokens.begin(), tokens_.tokens.end(), [](const Token& token) {
      return token.type != ERROR && (token.flags & kUnterminated) != 0;
    });
    // Where a quote is lost, every later one is taken for its partner: read again with strings that end with
    // their line.
    if (lost_quote) lex(text_, tokens_, true);
    driver_.load(list());
    builder_.set_tokens(list());
    end_ = static_cast<uint32_t>(list().size());
    too_deep_ = first_too_deep(list());
    out_.tree.root = declaration();
    if (!out_.tree.root) out_.tree.root = out_.tree.add(NodeKind::Error, {}, {}, 0, 0, {0, size()});
    attach_docs(text_, tokens_, builder_.describables, out_.tree, out_.errors);
    attach_comments(text_, tokens_, out_.tree);
    collect_mentions(out_.tree, out_.mentions, out_.calls);
    keep_root_cause();
  }

 private:
  using Ids = std::vector<NodeId>;

  uint32_t size() const { return static_cast<uint32_t>(text_.size()); }
  const std::vector<Token>& list() const { return tokens_.tokens; }
  uint16_t type(uint32_t i) const { return i < end_ ? list()[i].type : uint16_t{END}; }
  std::string_view word(uint32_t i) const {
    return text_.substr(list()[i].begin, list()[i].end - list()[i].begin);
  }
  Span span(uint32_t i) const {
    if (i < list().size()) return {list()[i].begin, list()[i].end};
    return {size(), size()};
  }
  Span span(uint32_t first, uint32_t end) const {
    return end > first ? Span{list()[first].begin, list()[end - 1].end}
                       : Span{span(first).begin, span(first).begin};
  }
  bool begins_line(uint32_t i) const {
    uint32_t at = list()[i].begin;
    while (at > 0 && (text_[at - 1] == ' ' || text_[at - 1] == '\t')) --at;
    return at == 0 || text_[at - 1] == '\n';
  }
  void fail(SyntaxError error) { out_.errors.push_back(std::move(error)); }
  SyntaxError& fail(const DiagnosticKind& kind, Span where, std::string message, std::string help = {}) {
    SyntaxError& error = out_.errors.emplace_back();
    error.kind = &kind;
    error.span = where;
    error.message = std::move(message);
    error.help = std::move(help);
    return error;
  }

  // Text left open swallows what follows it: the other errors are its consequences.
  void keep_root_cause() {
    auto open = std::find_if(out_.errors.begin(), out_.errors.end(), [](const SyntaxError& error) {
      return error.kind == &diag::OpenString || error.kind == &diag::OpenComment;
    });
    if (open == out_.errors.end()) return;
    SyntaxError cause = std::move(*open);
    out_.errors.clear();
    out_.errors.push_back(std::move(cause));
  }

  /// Runs an entry and gives its events to the builder. False after an error; `at_` is then where it stopped.
  bool run(Entry entry, uint32_t end) {
    driver_.events().clear();
    uint32_t first = at_;
    ParseOutcome outcome = driver_.run(entry, first, end);
    at_ = outcome.stopped;
    for (uint32_t i = first; i < std::min(outcome.stopped + 1, end); ++i) {
      if ((list()[i].flags & kUnterminated) == 0 || (outcome.ok && i >= outcome.stopped)) continue;
      report(*explain_token(text_, list()[i]));
      return false;
    }
    if (outcome.ok && too_deep_ >= first && too_deep_ < outcome.stopped) outcome.too_deep = true;
    if (outcome.ok && !outcome.too_deep) {
      builder_.begin(driver_.events());
      return true;
    }
    if (!silent_) {
      Failure failure{text_, list(), driver_, entry, first, end, outcome.stopped, outcome.too_deep};
      report(explain(failure));
    }
    return false;
  }
  void report(SyntaxError error) {
    if (!silent_) fail(std::move(error));
  }

  void fingerprints() {
    std::string words;
    words.reserve(text_.size());
    for (const Token& token : list())
      words.append(text_, token.begin, token.end - token.begin).push_back('\0');
    out_.tokens = fingerprint(words);
    auto of = [&](const std::vector<Trivia>& trivia) {
      std::string joined;  // with the place: a comment that moves to another node is a change
      for (const Trivia& one : trivia) {
        joined.append(std::to_string(one.before)).push_back('\0');
        joined.append(text_, one.begin, one.end - one.begin).push_back('\0');
      }
      return fingerprint(joined);
    };
    out_.docs = of(tokens_.docs);
    out_.comments = of(tokens_.comments);
  }

  Ids annotations() {
    Ids result;
    while (type(at_) == AT) {
      uint32_t first = at_;
      if (run(Entry::Annotation, end_)) {
        result.push_back(builder_.annotation());
        continue;
      }
      // On to the next one, or to the word that begins a line.
      at_ = std::max(at_, first + 1);
      while (at_ < end_ && type(at_) != AT && !(begins_line(at_) && find_block_word(word(at_)) != nullptr))
        ++at_;
    }
    return result;
  }

  NodeId declaration() {
    Ids before = annotations();
    if (at_ == end_) {
      fail(diag::Unexpected, span(0, end_), "these annotations belong to no declaration");
      return {};
    }
    keyword_ = at_;
    block_ = list()[at_].type == BACKTICK ? nullptr : find_block_word(word(at_));
    if (block_ == nullptr) return no_block(), NodeId{};
    if (!block_->supported) {
      fail(diag::NotSupported, span(at_), fmt::format("`{}` blocks are not supported yet", block_->word));
      return {};
    }
    if (block_->word == "function") return function(before);
    find_braces();
    if (!run(block_->header, std::min(end_, open_ == end_ ? end_ : open_ + 1))) return {};
    HeaderParts header = builder_.header();
    if (close_ == end_) close_missing_ = true;
    find_query();
    Ids items = this->items();
    NodeId query;
    if (query_ < close_) query = this->query();
    trailing();
    return assemble(before, header, items, query);
  }

  void no_block() {
    if (!is_word(type(at_)) && type(at_) != IDENT) {
      if (auto error = explain_token(text_, list()[at_])) return fail(*error);
      fail(diag::Unexpected, span(at_),
           fmt::format("expected a declaration, found `{}`", word(at_).substr(0, 40)),
           "a file holds source, cdc, function, model, check, destination, export and schedule blocks");
      return;
    }
    std::vector<std::string_view> words;
    for (const BlockWord& block : block_words()) words.push_back(block.word);
    std::vector<std::string_view> near = suggest(word(at_), words);
    SyntaxError& error = fail(diag::UnknownBlock, span(at_), fmt::format("unknown block `{}`", word(at_)));
    error.help =
        near.empty()
            ? "a block begins with source, cdc, function, model, check, destination, export or schedule"
            : did_you_mean(word(at_), words);
    if (near.size() == 1) {
      error.fix_title = fmt::format("write `{}`", near[0]);
      error.fix = {{span(at_), std::string(near[0])}};
    }
  }

  // The brace that opens the block, its partner, and what lies behind. Braces stand nowhere else in the
  // language, so they pair up even where other brackets do not.
  void find_braces() {
    open_ = at_;
    while (open_ < end_ && type(open_) != LBRACE) ++open_;
    close_ = end_;
    int depth = 0;
    for (uint32_t i = open_; i < end_; ++i) {
      if (type(i) == LBRACE) ++depth;
      if (type(i) == RBRACE && --depth == 0) {
        close_ = i;
        break;
      }
    }
  }

  // `as` begins the query of a model or check, outside all brackets; where a bracket is lost, at the
  // beginning of a line and before the word that a query begins with.
  void find_query() {
    query_ = close_;
    if (block_->item != Entry::ModelItem && block_->item != Entry::CheckItem) return;
    auto begins_query = [&](uint32_t i) {
      uint16_t next = type(i + 1);
      return next == K_SELECT || next == K_WITH || next == K_VALUES || next == K_TABLE || next == LPAREN;
    };
    int depth = 0;
    uint32_t fallback = close_;
    for (uint32_t i = at_; i < close_; ++i) {
      switch (type(i)) {
        case LPAREN:
        case LBRACK:
        case LBRACE:
          ++depth;
          break;
        case RPAREN:
        case RBRACK:
        case RBRACE:
          --depth;
          break;
        case K_AS:
          if (depth == 0) {
            query_ = i;
            return;
          }
          if (fallback == close_ && begins_query(i) && (begins_line(i) || begins_line(i + 1))) fallback = i;
          break;
        default:
          break;
      }
    }
    query_ = fallback;
  }

  bool is_item_word(uint32_t i) const {
    if (!is_word(type(i)) && type(i) != IDENT) return false;
    return contains(block_->items, word(i)) || contains(block_->later_items, word(i));
  }
  static bool contains(std::span<const std::string_view> words, std::string_view wanted) {
    return std::any_of(words.begin(), words.end(), [&](std::string_view one) {
      return one.size() == wanted.size() &&
             std::equal(one.begin(), one.end(), wanted.begin(),
                        [](char a, char b) { return a == (b >= 'A' && b <= 'Z' ? b + ('a' - 'A') : b); });
    });
  }

  // In the middle of a line a word of an item may be anything; these are the exceptions.
  bool surely_item(uint32_t i) const {
    return type(i - 1) == RBRACE || (type(i) == K_COLUMNS && type(i + 1) == LPAREN) || type(i) == K_EXPECT;
  }

  // After an error: on to the next item, outside brackets; one at the beginning of a line counts even inside.
  // False if the brackets do not tell where we are.
  bool resynchronize(uint32_t item, uint32_t end) {
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

  Ids items() {
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
      result.push_back(
          broken ? broken
                 : out_.tree.add(NodeKind::Error, {}, Symbol::of(word(own)), 0, 0, span(own, own + 1)));
      silent_ |= !resynchronize(own, end);
    }
    silent_ = false;
    return result;
  }

  Ids annotations_inside(uint32_t end) {
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

  bool check_item_word() {
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
    if (contains(block_->later_items, text)) {
      fail(diag::NotSupported, span(at_), fmt::format("`{}` is not supported yet", text));
      return false;
    }
    if (type(at_) == K_SELECT || type(at_) == K_WITH) {
      fail(diag::Unexpected, span(at_), fmt::format("expected an item or `as`, found `{}`", text),
           "`as` stands before a query");
      return false;
    }
    std::vector<std::string_view> words(block_->items.begin(), block_->items.end());
    std::vector<std::string_view> near = suggest(text, words);
    if (near.empty() && previous_item_ < at_ && !begins_line(at_)) {  // rather the item before it is wrong
      Failure failure{text_, list(), driver_, block_->item, previous_item_, query_, at_};
      fail(explain(failure));
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
  NodeId salvage(uint32_t item, uint32_t end, const Ids& before, uint32_t first) {
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
        members.push_back(out_.tree.add(NodeKind::Error, {}, {}, 0, 0, span(i, stop)));
      }
      i = stop + 1;
    }
    silent_ = was_silent;
    uint32_t last = std::min(i, end);
    at_ = last;
    NodeId list_node = builder_.make_list(members, span(open, last));
    if (!table) return builder_.make(NodeKind::Columns, {list_node}, span(item, last));
    Ids names;
    for (uint32_t k = item + 1; k < open && (type(k) == IDENT || type(k) == BACKTICK || is_word(type(k)));
         k += 2) {
      names.push_back(out_.tree.add(NodeKind::Name, {}, Symbol::of(word(k)), 0, 0, span(k)));
      if (type(k + 1) != DOT) break;
    }
    NodeId name = builder_.make(NodeKind::QName, names, span(item + 1, open));
    NodeId properties = builder_.make_list({}, {});
    NodeId annotation_list = builder_.make_list(before, {});
    NodeId result =
        builder_.make(NodeKind::TableDecl, {name, properties, list_node, annotation_list}, span(first, last));
    builder_.describe(first, item, result);
    return result;
  }

  NodeId query() {
    at_ = query_ + 1;
    uint32_t first = at_;
    if (too_deep_ >= first && too_deep_ < close_) {
      fail(too_deep_error(span(too_deep_)));
    } else if (run(Entry::Query, close_)) {
      return builder_.query_unit();
    }
    return out_.tree.add(NodeKind::Error, {}, {}, 0, 0, span(first, close_));
  }

  // What is wrong behind the items and the query.
  void trailing() {
    if (close_missing_) {
      if (out_.errors.empty()) {
        fail(diag::OpenBracket, span(open_),
             fmt::format("this `{{` of the {} block is not closed", block_->word));
      }
    } else if (close_ + 1 < end_ && out_.errors.empty()) {
      bool closer = type(close_ + 1) == RBRACE || type(close_ + 1) == RPAREN || type(close_ + 1) == RBRACK;
      if (closer) {
        fail(diag::OpenBracket, span(close_ + 1), fmt::format("`{}` closes nothing", word(close_ + 1)))
            .labels.push_back({span(close_), fmt::format("the {} block ends here", block_->word)});
      } else {
        fail(diag::OpenBracket, span(close_),
             fmt::format("this `}}` ends the {} block, but more follows", block_->word))
            .labels.push_back({span(close_ + 1), "a new block begins at column 0"});
      }
    }
  }

  NodeId function(const Ids& before) {
    if (!run(Entry::FunctionHeader, end_)) return {};
    HeaderParts header = builder_.header();
    uint32_t stop = at_;
    int depth = 0;
    for (; stop < end_; ++stop) {
      uint16_t t = type(stop);
      if (t == SEMI && depth <= 0) break;
      if (t == LPAREN) ++depth;
      if (t == RPAREN) --depth;
    }
    NodeId body;
    uint32_t body_first = at_;
    if (too_deep_ >= at_ && too_deep_ < stop) {
      fail(too_deep_error(span(too_deep_)));
      body = out_.tree.add(NodeKind::Error, {}, {}, 0, 0, span(body_first, stop));
    } else if (run(Entry::FunctionBody, stop)) {
      bool external = type(body_first) == K_EXTERNAL;
      body = builder_.function_body();
      if (at_ < stop) {
        Failure failure{text_, list(), driver_, Entry::FunctionBody, body_first, stop, at_};
        report(explain(failure));
      } else if (stop == end_ && !external) {
        fail(diag::Unexpected, span(end_), "expected `;` at the end of the function, found the end");
      } else if (stop + 1 < end_) {
        fail(diag::Unexpected, span(stop + 1),
             fmt::format("`{}` stands behind the end of the function", word(stop + 1)));
      }
    } else {
      body = out_.tree.add(NodeKind::Error, {}, {}, 0, 0, span(body_first, stop));
    }
    Ids annotations = before;
    annotations.insert(annotations.end(), header.clears.begin(), header.clears.end());
    NodeId annotation_list = builder_.make_list(annotations, {});
    NodeId root =
        builder_.make(NodeKind::FunctionDecl,
                      {annotation_list, header.name, header.params, header.returns, body}, span(0, end_));
    builder_.describe(0, keyword_, root);
    return root;
  }

  NodeId assemble(const Ids& before, const HeaderParts& header, const Ids& items, NodeId query) {
    NodeId annotations = builder_.make_list(before, {});
    Span inside{list()[open_].begin, query_ < end_ ? list()[query_].begin : size()};
    NodeId item_list = builder_.make_list(items, inside);
    Symbol name = header.name ? out_.tree.name(header.name) : Symbol{};
    uint16_t flags = header.name && out_.tree.has(header.name, kQuoted) ? kQuoted : 0;
    Span all = span(0, end_);
    NodeId root;
    switch (block_->header) {
      case Entry::SourceHeader:
        root = builder_.make(NodeKind::SourceDecl, {annotations, item_list}, all, name, flags);
        break;
      case Entry::CdcHeader:
        root = builder_.make(NodeKind::CdcDecl,
                             {annotations, header.target, header.source, header.except, item_list}, all);
        break;
      case Entry::ModelHeader:
        root = builder_.make(NodeKind::ModelDecl, {annotations, header.name, item_list, query}, all);
        break;
      case Entry::CheckHeader:
        if (!query) {
          if (out_.errors.empty()) {
            fail(diag::Unexpected, span(close_),
                 "a check needs a query: `as select ...`, the rows that are wrong");
          }
          query = out_.tree.add(NodeKind::Error, {}, {}, 0, 0, span(close_));
        }
        root = builder_.make(NodeKind::CheckDecl, {annotations, header.target, item_list, query}, all, name,
                             flags);
        break;
      case Entry::DestinationHeader:
        root = builder_.make(NodeKind::DestinationDecl, {annotations, item_list}, all, name, flags);
        break;
      case Entry::ExportHeader:
        root = builder_.make(NodeKind::ExportDecl,
                             {annotations, header.name, header.destination, header.source, item_list}, all);
        break;
      default:
        root = builder_.make(NodeKind::ScheduleDecl, {annotations, item_list}, all, name, flags);
        break;
    }
    builder_.describe(0, keyword_, root);
    return root;
  }

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
  uint32_t open_ = 0;
  uint32_t close_ = 0;
  uint32_t query_ = 0;
  uint32_t previous_item_ = UINT32_MAX;
  int failures_ = 0;
  bool close_missing_ = false;
  bool silent_ = false;  // after an error from which no certain way leads on
};

}  // namespace

ParsedBlock parse_block(std::string_view block) {
  ParsedBlock result;
  BlockParser(block, result).parse();
  return result;
}

}  // namespace pipec::syntax
