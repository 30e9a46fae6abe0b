// Comments and descriptions find their nodes, each exactly once.
#pragma once

#include <span>
#include <string_view>
#include <vector>

#include "ast/tree.h"
#include "syntax/block_builder.h"
#include "syntax/lexer.h"
#include "syntax/parse.h"

namespace pipec::syntax {

/// A comment belongs to a node beside it inside the smallest node around it: after the one before it, if it
/// follows on the same line; else before the one after it.
void attach_comments(std::string_view text, const Tokens& tokens, ast::Tree& tree);

/// Lines of `///` belong to the declaration, table, column or item that begins right after them. Those of
/// nothing are errors, unless the block is broken anyway.
void attach_docs(std::string_view text, const Tokens& tokens, const std::vector<Describable>& describables,
                 ast::Tree& tree, std::vector<SyntaxError>& errors);

}  // namespace pipec::syntax
