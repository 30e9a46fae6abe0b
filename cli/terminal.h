// The only place that looks at the terminal and its environment.
#pragma once

#include <optional>
#include <string>

namespace pipec::cli {

/// Diagnostics are coloured on a terminal, unless NO_COLOR is set.
bool wants_color();

/// All of standard input; nothing if it cannot be read.
std::optional<std::string> read_in();

/// False when not all of it could be written (a full disk, a closed pipe).
bool write_out(const std::string& text);
void write_err(const std::string& text);

}  // namespace pipec::cli
