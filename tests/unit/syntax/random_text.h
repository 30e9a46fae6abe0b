// Random text of the language with every construct in it, from templates and the token list.
#pragma once

#include <map>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace pipec::syntax {

class RandomText {
 public:
  explicit RandomText(uint32_t seed);
  /// One text of a rule of random_text.txt: "query", "expr", "model" ...
  std::string make(std::string_view rule) { return expand(rule, 0); }
  /// A file with a block of each kind, in random order.
  std::string file();

 private:
  struct Alternative {
    std::string text;
    bool leaf;  // taken when the text is deep enough
  };
  void read_words();
  void read_rules();
  std::string expand(std::string_view rule, int depth);
  std::string fill(std::string_view text, int depth);
  std::string word(std::string_view kind);
  size_t pick(size_t size) { return random_() % size; }
  bool chance(int percent) { return static_cast<int>(random_() % 100) < percent; }

  std::mt19937 random_;
  std::map<std::string, std::vector<Alternative>, std::less<>> rules_;
  std::map<std::string, std::vector<std::string>, std::less<>> words_;
  int size_ = 0;
};

}  // namespace pipec::syntax
