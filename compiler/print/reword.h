// A printed layout in the author's own words. The printer of SQL writes what a tree says: `<>` for `!=`, `join` for
// `inner join`, strings as an engine reads them. A specification keeps every word as it was written; from the
// printer it takes where lines end and what is indented.
#pragma once

#include <span>
#include <string_view>

#include "print/layout.h"
#include "syntax/lexer.h"

namespace pipec::print {

/// `printed` with the words of `source`, all of them and in their order. Where a word of both differs in nothing
/// but case, the printer's spelling stays: keywords and types in lower case.
Layout reworded(const Layout& printed, std::string_view source, std::span<const syntax::Token> words);

/// True if the same word is meant: equal, or equal but for case where case means nothing.
bool same_word(std::string_view a, const syntax::Token& a_token, std::string_view b, const syntax::Token& b_token);

}  // namespace pipec::print
