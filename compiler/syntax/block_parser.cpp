#include "syntax/block_parser.h"

#include <fmt/format.h>

#include <algorithm>

#include "syntax/failure.h"
#include "syntax/mentions.h"
#include "syntax/trivia.h"

namespace pipec::syntax {

using namespace ast;

namespace {

// The kinds of blocks in words: "source, cdc and model".
std::string all_words(std::string_view last) {
  std::string out;
  for (const BlockWord& block : block_words()) {
    if (!out.empty()) out += &block == &block_words().back() ? last : ", ";
    out += block.word;
  }
  return out;
}

}  // namespace

void BlockParser::parse() {
  if (auto error = check_bytes(text_)) {
    report(*error);
    out_.tree.root = error_node({0, size()});
    return;
  }
  lex(text_, tokens_);
  fingerprints();
  if (auto error = check_size(list())) {
    report(*error);
    out_.tree.root = error_node({0, size()});
    return;
  }
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
  if (!out_.tree.root) out_.tree.root = error_node({0, size()});
  attach_docs(text_, tokens_, builder_.describables, out_.tree, out_.errors);
  attach_comments(text_, tokens_, out_.tree);
  collect_mentions(out_.tree, out_.mentions, out_.calls);
  keep_root_cause();
  out_.steps = driver_.steps();
}

SyntaxError& BlockParser::fail(const DiagnosticKind& kind, Span where, std::string message, std::string help) {
  SyntaxError& error = out_.errors.emplace_back();
  error.kind = &kind;
  error.span = where;
  error.message = std::move(message);
  error.help = std::move(help);
  return error;
}

bool BlockParser::brackets_pair() const {
  std::vector<uint16_t> open;
  for (const Token& token : list()) {
    if (token.type == LPAREN || token.type == LBRACK || token.type == LBRACE) open.push_back(token.type);
    const uint16_t partner = token.type == RPAREN   ? uint16_t{LPAREN}
                             : token.type == RBRACK ? uint16_t{LBRACK}
                             : token.type == RBRACE ? uint16_t{LBRACE}
                                                    : uint16_t{END};
    if (partner == END) continue;
    if (open.empty() || open.back() != partner) return false;
    open.pop_back();
  }
  return open.empty();
}

// Text left open swallows what follows it: the other errors are its consequences. So are those behind the first one
// where a bracket is missing, since nobody knows then where anything ends.
void BlockParser::keep_root_cause() {
  if (out_.errors.size() > 1 && !brackets_pair()) {
    auto first = std::min_element(out_.errors.begin(), out_.errors.end(),
                                  [](const auto& a, const auto& b) { return a.span.begin < b.span.begin; });
    std::iter_swap(out_.errors.begin(), first);
    out_.errors.resize(1);
  }
  auto open = std::find_if(out_.errors.begin(), out_.errors.end(), [](const SyntaxError& error) {
    return error.kind == &diag::OpenString || error.kind == &diag::OpenComment;
  });
  if (open == out_.errors.end()) return;
  SyntaxError cause = std::move(*open);
  out_.errors.clear();
  out_.errors.push_back(std::move(cause));
}

/// Runs an entry and gives its events to the builder. False after an error; `at_` is then where it stopped.
bool BlockParser::run(Entry entry, uint32_t end) {
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

void BlockParser::fingerprints() {
  std::string words;
  words.reserve(text_.size());
  for (const Token& token : list()) words.append(text_, token.begin, token.end - token.begin).push_back('\0');
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

BlockParser::Ids BlockParser::annotations() {
  Ids result;
  while (type(at_) == AT) {
    uint32_t first = at_;
    if (run(Entry::Annotation, end_)) {
      result.push_back(builder_.annotation());
      if (at_ == end_ || type(at_) == AT || type(at_) == BACKTICK || type(at_) == IDENT || is_word(type(at_))) continue;
      if (type(at_) == LPAREN) {
        fail(diag::OpenBracket, span(at_), "this `(` is not closed");
      } else {
        fail(diag::Unexpected, span(at_), fmt::format("`{}` does not fit here", word(at_).substr(0, 40)));
      }
    }
    // On to the next one, or to the word that begins a line.
    at_ = std::max(at_, first + 1);
    while (at_ < end_ && type(at_) != AT && !(begins_line(at_) && find_block_word(word(at_)) != nullptr)) ++at_;
  }
  return result;
}

NodeId BlockParser::declaration() {
  Ids before = annotations();
  if (at_ == end_) {
    fail(diag::Unexpected, span(0, end_), "these annotations belong to no declaration");
    return {};
  }
  keyword_ = at_;
  block_ = list()[at_].type == BACKTICK ? nullptr : find_block_word(word(at_));
  if (block_ == nullptr) return no_block(), NodeId{};
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

void BlockParser::no_block() {
  if (!is_word(type(at_)) && type(at_) != IDENT) {
    if (auto error = explain_token(text_, list()[at_])) return report(*error);
    fail(diag::Unexpected, span(at_), fmt::format("expected a declaration, found `{}`", word(at_).substr(0, 40)),
         fmt::format("a file holds {} blocks", all_words(" and ")));
    return;
  }
  std::vector<std::string_view> words;
  for (const BlockWord& block : block_words()) words.push_back(block.word);
  std::vector<std::string_view> near = suggest(word(at_), words);
  SyntaxError& error = fail(diag::UnknownBlock, span(at_), fmt::format("unknown block `{}`", word(at_)));
  error.help = near.empty() ? fmt::format("a block begins with {}", all_words(" or ")) : did_you_mean(word(at_), words);
  if (near.size() == 1) {
    error.fix_title = fmt::format("write `{}`", near[0]);
    error.fix = {{span(at_), std::string(near[0])}};
  }
}

// The brace that opens the block, its partner, and what lies behind. Braces stand nowhere else in the
// language, so they pair up even where other brackets do not.
void BlockParser::find_braces() {
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
void BlockParser::find_query() {
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

NodeId BlockParser::query() {
  at_ = query_ + 1;
  uint32_t first = at_;
  if (too_deep_ >= first && too_deep_ < close_) {
    report(too_deep_error(span(too_deep_)));
  } else if (run(Entry::Query, close_)) {
    return builder_.query_unit();
  }
  return error_node(span(first, close_));
}

// What is wrong behind the items and the query.
void BlockParser::trailing() {
  if (close_missing_) {
    if (out_.errors.empty()) {
      fail(diag::OpenBracket, span(open_), fmt::format("this `{{` of the {} block is not closed", block_->word));
    }
  } else if (close_ + 1 < end_ && out_.errors.empty()) {
    bool closer = type(close_ + 1) == RBRACE || type(close_ + 1) == RPAREN || type(close_ + 1) == RBRACK;
    if (closer) {
      fail(diag::OpenBracket, span(close_ + 1), fmt::format("`{}` closes nothing", word(close_ + 1)))
          .labels.push_back({span(close_), fmt::format("the {} block ends here", block_->word)});
    } else {
      fail(diag::OpenBracket, span(close_), fmt::format("this `}}` ends the {} block, but more follows", block_->word))
          .labels.push_back({span(close_ + 1), "a new block begins at column 0"});
    }
  }
}

NodeId BlockParser::function(const Ids& before) {
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
    report(too_deep_error(span(too_deep_)));
    body = error_node(span(body_first, stop));
  } else if (run(Entry::FunctionBody, stop)) {
    bool external = type(body_first) == K_EXTERNAL;
    body = builder_.function_body();
    if (at_ < stop) {
      Failure failure{text_, list(), driver_, Entry::FunctionBody, body_first, stop, at_};
      report(explain(failure));
    } else if (stop == end_ && !external) {
      fail(diag::Unexpected, span(end_), "expected `;` at the end of the function, found the end");
    } else if (stop + 1 < end_) {
      fail(diag::Unexpected, span(stop + 1), fmt::format("`{}` stands behind the end of the function", word(stop + 1)));
    }
  } else {
    body = error_node(span(body_first, stop));
  }
  Ids annotations = before;
  annotations.insert(annotations.end(), header.clears.begin(), header.clears.end());
  NodeId annotation_list = builder_.make_list(annotations, {});
  NodeId root = builder_.make(NodeKind::FunctionDecl,
                              {annotation_list, header.name, header.params, header.returns, body}, span(0, end_));
  builder_.describe(0, keyword_, root);
  return root;
}

NodeId BlockParser::assemble(const Ids& before, const HeaderParts& header, const Ids& items, NodeId query) {
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
      root =
          builder_.make(NodeKind::CdcDecl, {annotations, header.target, header.source, header.except, item_list}, all);
      break;
    case Entry::ModelHeader:
      root = builder_.make(NodeKind::ModelDecl, {annotations, header.name, item_list, query}, all);
      break;
    case Entry::CheckHeader:
      if (!query) {
        if (out_.errors.empty()) {
          fail(diag::Unexpected, span(close_), "a check needs a query: `as select ...`, the rows that are wrong");
        }
        query = error_node(span(close_));
      }
      root = builder_.make(NodeKind::CheckDecl, {annotations, header.target, item_list, query}, all, name, flags);
      break;
    case Entry::LoadHeader:
    case Entry::SnapshotHeader:
      root = builder_.make(block_->header == Entry::LoadHeader ? NodeKind::LoadDecl : NodeKind::SnapshotDecl,
                           {annotations, header.name, header.source, item_list}, all);
      break;
    case Entry::SeedHeader:
      root = builder_.make(NodeKind::SeedDecl, {annotations, header.name, item_list}, all);
      break;
    case Entry::TestHeader:
      root = builder_.make(NodeKind::TestDecl, {annotations, header.target, item_list}, all, name);
      break;
    case Entry::EntityHeader:
    case Entry::MetricHeader:
      root = builder_.make(block_->header == Entry::EntityHeader ? NodeKind::EntityDecl : NodeKind::MetricDecl,
                           {annotations, header.target, item_list}, all, name, flags);
      break;
    case Entry::PublishHeader:
    case Entry::DashboardHeader:
    case Entry::JobHeader:
      root = builder_.make(block_->header == Entry::PublishHeader     ? NodeKind::PublishDecl
                           : block_->header == Entry::DashboardHeader ? NodeKind::DashboardDecl
                                                                      : NodeKind::JobDecl,
                           {annotations, item_list}, all, name, flags);
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

ParsedBlock parse_block(std::string_view block) {
  ParsedBlock result;
  BlockParser(block, result).parse();
  return result;
}

}  // namespace pipec::syntax
