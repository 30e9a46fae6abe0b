// Texts to format, and the same texts with other blanks.
#pragma once

#include <map>
#include <random>
#include <string>
#include <string_view>

namespace pipec::test {

/// By name: the specifications, the examples of the documentation and of the parser's tests, the golden cases.
std::map<std::string, std::string> format_corpus();
std::map<std::string, std::string> spec_files(const std::string& folder);
std::string read_source(const std::string& path);

/// The text with blanks and ends of lines put elsewhere, at random, between words inside blocks. Empty lines stay, and
/// so do blanks beside a comment, which say what it belongs to, and the first line of a block, which shows that it is
/// one.
std::string respaced(std::string_view text, std::mt19937& random);

}  // namespace pipec::test
