// Declarations resolved in the order of their needs, level by level, with early cut-off: what read nothing that changed
// is kept.
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "project/declarations.h"
#include "semantic/assemble.h"
#include "semantic/world.h"

namespace pipec::project {

struct Resolution {
  std::vector<semantic::Member> members;  // sorted by key
  std::vector<Diagnostic> diagnostics;    // of all members, of cycles, of names with two owners
};

class ResolutionStore {
 public:
  Resolution resolve(const Declarations& declarations, const semantic::ProjectFacts& facts, unsigned jobs);
  /// How many declarations the last call resolved anew; for tests of the cut-off.
  size_t resolved_anew() const { return resolved_anew_; }

 private:
  struct Entry {
    Fingerprint text;
    Symbol file;
    bool broken = false;
    std::shared_ptr<const semantic::Resolved> result;
  };
  using Wave = std::vector<const Placed*>;
  void run(const Wave& wave, semantic::World& world, unsigned jobs, Resolution& out);
  void run_ordered(Wave wave, semantic::World& world, unsigned jobs, Resolution& out);

  std::unordered_map<Symbol, Entry> entries_;
  Fingerprint facts_;
  size_t resolved_anew_ = 0;
};

}  // namespace pipec::project
