// A project of any size for the benchmark, the same on every machine: one file a model, 40 lines and 1.3 KB each; half of
// the models in chains 20 deep, one in ten with `*`, one in twenty read by more than fifty others.
#pragma once

#include <cstddef>
#include <map>
#include <string>

namespace pipec::bench {

std::map<std::string, std::string> corpus(size_t models);

}  // namespace pipec::bench
