// What is said when the parser stops: own words, from what would have fitted at that place, never ANTLR's.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "syntax/antlr_driver.h"
#include "syntax/lexer.h"
#include "syntax/parse.h"

namespace pipec::syntax {

/// A run of the parser that stopped at `stopped`.
struct Failure {
  std::string_view text;
  std::span<const Token> tokens;
  AntlrDriver& driver;
  Entry entry;
  uint32_t first;
  uint32_t end;
  uint32_t stopped;
  bool too_deep = false;
};

SyntaxError explain(const Failure& failure);

/// The error for a token that the lexer has marked: text left open, or bytes that begin nothing.
std::optional<SyntaxError> explain_token(std::string_view text, const Token& token);

/// The error if the text is no UTF-8 or holds a NUL.
std::optional<SyntaxError> check_bytes(std::string_view text);

SyntaxError too_deep_error(Span span);

/// The error for a block or query of too many tokens.
std::optional<SyntaxError> check_size(std::span<const Token> tokens);

/// The first token that lies deeper than allowed, in brackets, CASE or generic types; none: the number of
/// tokens.
uint32_t first_too_deep(std::span<const Token> tokens);

}  // namespace pipec::syntax
