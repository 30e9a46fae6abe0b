// Days as they are written in specifications.
#pragma once

#include <string_view>

namespace pipec::pipeline {

/// True for a day that exists, written '2026-01-31'.
bool is_date(std::string_view text);

}  // namespace pipec::pipeline
