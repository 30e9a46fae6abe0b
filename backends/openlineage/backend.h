// What the files of this folder know of the backend itself.
#pragma once

#include <string>
#include <string_view>

#include "backend/backend.h"

namespace pipec::backend::openlineage {

inline constexpr const char* kName = "openlineage";

/// An option of the target: what the user says, or its fallback.
std::string option(View& view, std::string_view name);

}  // namespace pipec::backend::openlineage
