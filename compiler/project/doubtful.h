// What declarations with errors may have meant to give: themselves, what is in them, what is made of them.
#pragma once

#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "project/declarations.h"
#include "project/resolution.h"

namespace pipec::project {

/// What Diagnostic::about begins with where a column is missing: "column:gold.x.fee".
inline constexpr std::string_view kColumn = "column:";

class Doubtful {
 public:
  Doubtful(const Declarations& declarations, const Resolution& resolution);
  /// Whether what the diagnostic misses may be what a broken declaration would have given.
  bool covers(const Diagnostic& diagnostic) const;

 private:
  using Words = std::unordered_set<std::string_view>;
  struct Block {
    Symbol file;
    Span span;
    bool has_tables;
  };

  void add_declared(const semantic::Member& member);
  void add_name(std::string_view name);
  bool covers_name(Symbol name) const;
  bool covers_column(std::string_view about) const;
  Symbol given_by(Symbol key, std::string_view column) const;
  bool is_inside(const Place& place) const;
  const Words& words_of(const Block& block) const;

  const Declarations& declarations_;
  std::unordered_map<Symbol, const semantic::Declaration*> placed_;
  std::unordered_map<Symbol, Symbol> declared_;  // tables and declarations by name -> key
  std::unordered_map<Symbol, std::vector<Symbol>> made_of_;
  std::unordered_set<Symbol> names_, keys_;
  std::vector<Block> blocks_;
  mutable std::unordered_map<const char*, Words> words_;  // by where the block begins in its text
};

}  // namespace pipec::project
