// What is checked before the parser sees anything, and what is said when it stops.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "syntax/antlr_driver.h"
#include "syntax/lexer.h"
#include "syntax/parse.h"

namespace pipec::syntax {

/// Lexes. False, with one error, if the text is not UTF-8, holds a NUL, a character that begins nothing, a string or
/// comment that is not closed, a bracket without its partner, or nests too deep.
bool lex_guarded(std::string_view text, Tokens& tokens, std::vector<SyntaxError>& errors);

/// The error for a run that stopped: what was found, what would have fitted, and what was probably meant.
SyntaxError explain_failure(std::string_view text, std::span<const Token> tokens, AntlrDriver& driver, Entry entry,
                            uint32_t first, uint32_t end, const ParseOutcome& outcome);

}  // namespace pipec::syntax
