// Names and texts of a specification as a bundle takes them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace pipec::backend::databricks_jobs {

/// A key of letters, digits and underscores, at most `longest` of them: the parts with two underscores between them. What
/// cannot be said so begins with `x-` and ends with a hash. Two names never become one, and what stands before a key with
/// a hyphen (`check-`) makes it that of no other name.
std::string key_of(const std::vector<std::string_view>& parts, size_t longest = 90);

/// A node's: "gold__sales_daily".
std::string key_of_node(std::string_view name);

/// A text that people read. A bundle would take "${" for the begin of a reference, whatever stands behind it, and has no
/// way to say otherwise: a blank parts the two. What is longer than the platform takes is cut.
std::string shown(std::string_view text, size_t longest);

}  // namespace pipec::backend::databricks_jobs
