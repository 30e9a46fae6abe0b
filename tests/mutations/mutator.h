// Single faults, as people make them, put into a specification that is right.
#pragma once

#include <map>
#include <random>
#include <string>
#include <vector>

#include "base/text.h"
#include "syntax/lexer.h"

namespace pipec::test {

using Files = std::map<std::string, std::string>;

struct Fault {
  std::string kind;  // "misspelt", "lost comma", ...
  std::string path;
  Span changed;       // in the new text; empty where something was taken away
  std::string words;  // what was there before
  std::string now;    // what is there instead
  std::string text;   // the file with the fault
};

class Mutator {
 public:
  Mutator(Files files, uint32_t seed);
  Fault next();

 private:
  struct File {
    std::string path, text;
    syntax::Tokens tokens;
    std::string_view of(size_t token) const;
  };
  size_t pick(size_t count) { return std::uniform_int_distribution<size_t>(0, count - 1)(random_); }
  /// A random token of a random file for which `fits` is true.
  template <typename Fits>
  std::pair<const File*, size_t> any(Fits fits);
  Fault replaced(std::string kind, const File& file, Span span, std::string now);

  Fault misspelt();
  Fault dropped_column();
  Fault wrong_type();
  Fault lost(std::string kind, std::string_view signs);
  Fault lost_quote();
  std::string misspell(std::string word);

  std::vector<File> files_;
  std::mt19937 random_;
};

}  // namespace pipec::test
