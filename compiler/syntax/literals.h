// The value of a literal or name as written.
#pragma once

#include <string>
#include <string_view>

namespace pipec::syntax {

/// Of a string token with its quotes (and an r before them): escapes replaced as Spark does.
std::string decode_string(std::string_view token);
/// Of a name in backticks: doubled ones made single.
std::string decode_backticks(std::string_view token);

}  // namespace pipec::syntax
