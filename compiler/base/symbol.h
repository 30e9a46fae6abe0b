// Interned text: names, keywords, literals. Equal text is an equal symbol; no order is ever taken from it.
#pragma once

#include <cstdint>
#include <string_view>

#include "base/ids.h"

namespace pipec {

/// A piece of text kept once for the life of the process. Symbol 0 is the empty text. Thread-safe.
struct Symbol : Id<struct SymbolTag> {
  constexpr Symbol() = default;
  static Symbol of(std::string_view text);

  std::string_view text() const;
  /// The symbol of the same text in lower case (ASCII): identifiers compare by it, as Spark's do.
  Symbol folded() const;
  bool empty() const { return value == 0; }
};

/// "a.b" -> Symbol("a.b"); the parts are joined with a dot. An empty schema is left out.
Symbol qualified(Symbol schema, Symbol name);

/// Sorts and compares by text: the only order that reaches an artifact.
struct ByText {
  bool operator()(Symbol a, Symbol b) const { return a.text() < b.text(); }
};

}  // namespace pipec

template <>
struct std::hash<pipec::Symbol> {
  size_t operator()(pipec::Symbol s) const { return std::hash<uint32_t>{}(s.value); }
};
