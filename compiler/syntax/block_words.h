// Words of the block language that are known by their text: kinds of blocks and the items that each may hold.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "syntax/antlr_driver.h"

namespace pipec::syntax {

/// What follows the name in a block's first line; the pre-scan tells a header from a line of SQL by it.
enum class HeaderShape : uint8_t { Brace, Parenthesis, From, On, To, String, Loose };

struct BlockWord {
  std::string_view word;
  HeaderShape shape;
  Entry header;
  Entry item;
  std::span<const std::string_view> items;  // the words that begin an item
};

/// nullptr if the word (any case) begins no block.
const BlockWord* find_block_word(std::string_view word);
std::span<const BlockWord> block_words();

}  // namespace pipec::syntax
