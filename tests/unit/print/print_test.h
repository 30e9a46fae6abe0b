// What the tests of printing share.
#pragma once

#include <string>
#include <string_view>

#include "print/sql_printer.h"

namespace pipec::print {

/// The text in Databricks' dialect; "error: ..." if it cannot be said.
std::string databricks(const ast::Tree& tree, ast::NodeId root, const Rewrites* rewrites = nullptr);
std::string postgres(const ast::Tree& tree, ast::NodeId root, const Rewrites* rewrites = nullptr);
/// A query, parsed and printed.
std::string printed(std::string_view sql);
/// Empty if the query, printed and parsed again, is the same tree and prints the same; else what went wrong.
std::string round_trip(std::string_view sql);
/// The same for the tree, with every comment kept once; the text rests from the second printing on.
std::string round_trip_with_comments(std::string_view sql);

}  // namespace pipec::print
