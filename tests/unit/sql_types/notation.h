// The questions and answers of tools/oracle/probe_types.py: expressions over columns that are named by their
// type.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sql/functions.h"

namespace pipec::sql::test {

/// "array<int!>!": a type, and ! after what is never NULL.
struct Marked {
  Type type;
  bool nullable = true;
};
Marked parse_marked(std::string_view text);
std::string notation(Type type, bool nullable);

/// What our rules say of an expression in Spark's place: a notation, "ERROR", or "UNKNOWN" where a function
/// is not in the catalogue.
std::string answer(std::string_view expression);

struct Case {
  std::string question, answer;
};
/// The lines of tests/unit/sql_types/data/NAME.
std::vector<Case> cases(std::string_view name);

}  // namespace pipec::sql::test
