// The files that a build would write, and the rules of their names.
#pragma once

#include <map>
#include <string>
#include <string_view>

namespace pipec {

/// Path relative to dist/<target>/, '/' between parts -> bytes. Ordered, so that iteration is stable.
using ArtifactFiles = std::map<std::string, std::string>;

/// A name as one part of a file name: letters, digits, '_', '.', '-' stay, letters in lower case, since file systems fold
/// it: "Sales" is "sales%_1", the digits after "%_" saying where the capitals were. Everything else is escaped as %xx, and
/// a long name is cut and gets a hash. Two names never give one file name, on any file system; reserved names of Windows
/// are escaped too.
std::string file_part(std::string_view name);

}  // namespace pipec
