// Where blocks begin and end, before any parsing: a broken block must not take its neighbours with it. A
// block's first line at column 0 always begins a new block, whatever is still open; only a closed comment
// hides it.
#pragma once

#include <string_view>
#include <vector>

#include "syntax/lexer.h"

namespace pipec::syntax {

struct Extent {
  uint32_t begin = 0;  // with the descriptions and annotations above
  uint32_t end = 0;
  uint32_t first_token = 0;
  uint32_t end_token = 0;
  uint32_t keyword = UINT32_MAX;  // the token, where the first line looks like one
};

struct PreScan {
  Tokens tokens;  // of the whole file
  std::vector<Extent> extents;
};

PreScan prescan(std::string_view text);

}  // namespace pipec::syntax
