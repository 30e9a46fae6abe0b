// What changed between two texts, as a unified diff with three lines of context.
#pragma once

#include <string>
#include <string_view>

namespace pipec::driver {

/// Empty if the texts are equal. `path` names the file on both sides.
std::string unified_diff(std::string_view path, std::string_view before, std::string_view after);

}  // namespace pipec::driver
