// Blanks between two words of a block, where nothing but the words is known.
#pragma once

#include "syntax/lexer.h"

namespace pipec::print {

inline bool blank_between(const syntax::Token& left, const syntax::Token& right) {
  switch (left.type) {
    case syntax::LPAREN:
    case syntax::LBRACK:
    case syntax::DOT:
    case syntax::AT:
    case syntax::COLON2:
      return false;
    default:
      break;
  }
  switch (right.type) {
    case syntax::RPAREN:
    case syntax::RBRACK:
    case syntax::LBRACK:
    case syntax::COMMA:
    case syntax::SEMI:
    case syntax::DOT:
    case syntax::COLON2:
      return false;
    default:
      return true;
  }
}

}  // namespace pipec::print
