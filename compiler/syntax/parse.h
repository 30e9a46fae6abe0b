// Text into syntax trees. Nothing here fails or throws, whatever the text: what is wrong comes back as
// errors, and the tree holds what could be built. All functions may be called from several threads.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ast/tree.h"
#include "base/hash.h"
#include "base/symbol.h"
#include "base/text.h"
#include "diagnostics/diagnostic.h"
#include "syntax/diagnostics.h"

namespace pipec::syntax {

/// Spans are relative to the text that was parsed.
struct SyntaxError {
  const DiagnosticKind* kind = nullptr;
  Span span;
  std::string message;
  std::string at;  // a few words under the span
  std::string help;
  std::vector<std::pair<Span, std::string>> labels;
  std::string fix_title;  // empty: no certain fix
  std::vector<std::pair<Span, std::string>> fix;
};

/// Reports with places made of the spans: `place` is (Span) -> Place.
template <typename PlaceOf>
void report(const SyntaxError& error, Sink& sink, PlaceOf place) {
  DiagnosticBuilder builder = sink.report(*error.kind, place(error.span), error.message);
  builder.at(error.at).help(error.help);
  for (const auto& [span, text] : error.labels) builder.label(place(span), text);
  for (const auto& [span, text] : error.fix) builder.fix(error.fix_title, place(span), text);
}

/// Where a block lies in its file, descriptions and annotations above it included.
struct BlockExtent {
  Span span;
  Symbol keyword;  // "model"; empty if the text belongs to no block
  Symbol name;     // as written without backticks: "gold.x", "bronze.*"; empty if there is none
  Span name_span;  // in the file
};

struct FileScan {
  std::vector<BlockExtent> blocks;
  std::vector<SyntaxError> errors;  // spans in the file
};

/// Finds the blocks of a file: one broken block never eats another. Errors are those that belong to no block,
/// and those that make the whole file unreadable.
FileScan scan_file(std::string_view text);

struct ParsedBlock {
  ast::Tree tree;  // the root is one of the *Decl kinds, or Error
  std::vector<SyntaxError> errors;
  Fingerprint tokens;            // of what means something: not of layout, comments and descriptions
  Fingerprint docs;              // of the descriptions
  Fingerprint comments;          // of the comments, which artifacts keep
  std::vector<Symbol> mentions;  // every (dotted) name where a relation or a declaration is referred to; folded,
                                 // sorted by text, each once. Names of common table expressions are among them.
  uint64_t steps = 0;            // tokens that the parser went over, those it read again after an error too
  std::vector<Symbol> calls;     // every (dotted) name that is called; folded, sorted, each once
};

/// One block, as scan_file cut it out. Spans are relative to it.
ParsedBlock parse_block(std::string_view block);

struct ParsedQuery {
  ast::Tree tree;  // the root is a Query, or an expression, or Error
  std::vector<SyntaxError> errors;
};

ParsedQuery parse_query(std::string_view sql);
ParsedQuery parse_expression(std::string_view sql);

/// Files larger than this are refused.
inline constexpr size_t kLargestFile = 64u << 20;
/// Blocks and queries of more tokens are refused: beyond any use, and each token costs a hundred bytes while
/// it is read.
inline constexpr size_t kMostTokens = 1'000'000;
/// Brackets, CASE and generic types may nest so deep.
inline constexpr uint32_t kDeepestNesting = 200;

}  // namespace pipec::syntax
