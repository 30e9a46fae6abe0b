// Two lists of words that are nearly equal: which stand for which.
#pragma once

#include <cstddef>
#include <vector>

namespace pipec::print {

/// Words [begin, end) of the second list stand for one word of the first.
struct Match {
  size_t begin = 0;
  size_t end = 0;
};

/// For each word of the first list. Together, in order, they hold every word of the second one.
template <typename Same>
std::vector<Match> align(size_t first, size_t second, Same&& same) {
  constexpr size_t kFarthest = 200;
  std::vector<Match> result(first);
  size_t i = 0, j = 0;
  auto goes_on = [&](size_t a, size_t b) {
    if (a == first && b == second) return true;
    if (a >= first || b >= second || !same(a, b)) return false;
    bool both_more = a + 1 < first && b + 1 < second;
    return !both_more || same(a + 1, b + 1);
  };
  // The nearest place from which both go on alike.
  auto differ = [&](size_t& a, size_t& b) {
    for (size_t distance = 1; distance <= kFarthest; ++distance) {
      for (size_t skipped = 0; skipped <= distance; ++skipped) {
        a = i + skipped;
        b = j + distance - skipped;
        if (goes_on(a, b)) return;
      }
    }
    a = first;
    b = second;
  };
  while (i < first) {
    if (j < second && same(i, j)) {
      result[i++] = {j, j + 1};
      ++j;
      continue;
    }
    size_t a = 0, b = 0;
    differ(a, b);
    if (a == i) {  // words of the second list alone: to the word before them
      if (i > 0) {
        result[i - 1].end = b;
      } else {
        result[i] = {j, b};  // and the word itself, if it is the same
        if (b < second && same(i, b)) result[i].end = ++b;
        ++i;
      }
      j = b;
      continue;
    }
    for (; i < a; ++i) {
      size_t end = j < b ? (i + 1 == a ? b : j + 1) : j;
      result[i] = {j, end};
      j = end;
    }
  }
  if (first > 0) result[first - 1].end = second;
  return result;
}

}  // namespace pipec::print
