#include "syntax/guards.h"

#include <fmt/format.h>

namespace pipec::syntax {

bool lex_guarded(std::string_view text, Tokens& tokens, std::vector<SyntaxError>& errors) {
  lex(text, tokens);
  (void)errors;
  return true;
}

SyntaxError explain_failure(std::string_view text, std::span<const Token> tokens, AntlrDriver&, Entry, uint32_t,
                            uint32_t, const ParseOutcome& outcome) {
  SyntaxError error;
  error.kind = &diag::Unexpected;
  if (outcome.stopped < tokens.size()) {
    const Token& token = tokens[outcome.stopped];
    error.span = {token.begin, token.end};
    error.message = fmt::format("unexpected `{}`", text.substr(token.begin, token.end - token.begin));
  } else {
    error.span = {static_cast<uint32_t>(text.size()), static_cast<uint32_t>(text.size())};
    error.message = "the text ends too early";
  }
  return error;
}

}  // namespace pipec::syntax
