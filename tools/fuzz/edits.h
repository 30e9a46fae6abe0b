// Random damage to a text: bytes, words of the language, lines, pieces of other files.
#pragma once

#include <random>
#include <string>
#include <vector>

namespace pipec::fuzz {

class Edits {
 public:
  /// `corpus`: texts that pieces are taken from.
  Edits(const std::vector<std::string>& corpus, uint64_t seed) : corpus_(corpus), random_(seed) {}
  size_t pick(size_t count) { return std::uniform_int_distribution<size_t>(0, count - 1)(random_); }
  void damage(std::string& text);

 private:
  void put(std::string& text, const std::string& piece);
  std::string piece();

  const std::vector<std::string>& corpus_;
  std::mt19937_64 random_;
};

}  // namespace pipec::fuzz
