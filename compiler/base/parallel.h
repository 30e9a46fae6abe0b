// The same work over many items on a few threads. The work must not depend on the order in which it is done.
#pragma once

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace pipec {

template <typename Work>
void parallel_for(size_t count, unsigned jobs, Work work) {
  // Starting a thread costs more than a few items do.
  constexpr size_t kWorthAThread = 32;
  size_t threads = std::min<size_t>(jobs, count / kWorthAThread + 1);
  if (threads <= 1) {
    for (size_t i = 0; i < count; ++i) work(i);
    return;
  }
  std::atomic<size_t> next{0};
  auto run = [&] {
    for (size_t i = next++; i < count; i = next++) work(i);
  };
  std::vector<std::jthread> workers;
  for (size_t i = 1; i < threads; ++i) workers.emplace_back(run);
  run();
}

}  // namespace pipec
