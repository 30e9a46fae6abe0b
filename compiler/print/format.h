// A file of blocks in the one canonical layout: `pipec fmt`. What does not parse stays byte for byte; every other
// block keeps its words and comments, and that is proved on the result before it is given back.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "syntax/parse.h"

namespace pipec::print {

struct Formatted {
  std::string text;
  std::vector<syntax::SyntaxError> errors;  // of blocks that stayed as they are; spans in the file
  std::vector<std::string> refused;         // blocks whose layout would have lost something: a fault of ours
};

Formatted format_file(std::string_view text);

}  // namespace pipec::print
