// Typed 32-bit ids into vectors. Id 0 is "none" for every kind, so that a zeroed slot is an absent one.
#pragma once

#include <cstdint>
#include <functional>

namespace pipec {

template <typename Tag>
struct Id {
  uint32_t value = 0;

  constexpr explicit operator bool() const { return value != 0; }
  friend constexpr bool operator==(Id, Id) = default;
};

}  // namespace pipec

template <typename Tag>
struct std::hash<pipec::Id<Tag>> {
  size_t operator()(pipec::Id<Tag> id) const { return std::hash<uint32_t>{}(id.value); }
};
