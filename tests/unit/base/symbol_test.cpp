#include "base/symbol.h"

#include <catch2/catch.hpp>
#include <string>
#include <thread>
#include <vector>

using namespace pipec;

TEST_CASE("equal text is an equal symbol", "[symbol]") {
  CHECK(Symbol::of("x") == Symbol::of(std::string("x")));
  CHECK_FALSE(Symbol::of("x") == Symbol::of("X"));
  CHECK(Symbol::of("").empty());
  CHECK(Symbol().text().empty());
  CHECK(Symbol::of("Straße").folded().text() == "straße");
  CHECK(qualified(Symbol::of("a"), Symbol::of("b")).text() == "a.b");
  CHECK(qualified({}, Symbol::of("b")).text() == "b");
  std::string large(200000, 'y');
  CHECK(Symbol::of(large).text() == large);
}

TEST_CASE("symbols are shared between threads", "[symbol]") {
  constexpr int kThreads = 4, kNames = 20000;
  std::vector<std::vector<Symbol>> seen(kThreads);
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&seen, t] {
      for (int i = 0; i < kNames; ++i) {
        seen[t].push_back(Symbol::of("Name" + std::to_string(i)));
        seen[t].back().folded();
      }
    });
  }
  for (auto& thread : threads) thread.join();
  for (int i = 0; i < kNames; i += 97) {
    CHECK(seen[0][i] == seen[3][i]);
    CHECK(seen[0][i].text() == "Name" + std::to_string(i));
    CHECK(seen[0][i].folded().text() == "name" + std::to_string(i));
  }
}
