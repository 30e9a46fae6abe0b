// Code locations of a large project. A location is a process that holds its definitions in memory and builds them anew
// when it is loaded, which Dagster does slowly from some thousands of assets on.
#pragma once

#include <string_view>
#include <vector>

#include "pipeline/pipeline.h"

namespace pipec::backend::dagster {

struct Location {
  Symbol name;  // of its first schedule
  std::vector<Symbol> nodes, checks, schedules, sources, dashboards;
};

/// Each object in one of them. A job of Dagster lies in one location with all that it runs, so schedules that share a
/// node, or that start after each other or after one source, stay together, however many nodes they have; others are
/// put together up to `largest` nodes, in the order of their names. Empty if one location is enough.
std::vector<Location> locations(const pipeline::Pipeline& pipeline, size_t largest);

/// Whether a text is a number that can be `largest`.
bool is_size(std::string_view text);
size_t size_of(std::string_view text);

}  // namespace pipec::backend::dagster
