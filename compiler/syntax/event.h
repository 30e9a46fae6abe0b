#pragma once

#include <cstdint>

namespace pipec::syntax {

/// A grammar rule's part of the token list, in pre-order. `size` counts the events of its subtree with
/// itself.
struct Event {
  uint16_t rule;
  uint32_t first;  // token index
  uint32_t end;
  uint32_t size;
};

}  // namespace pipec::syntax
