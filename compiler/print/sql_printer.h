// The one printer of SQL: a tree, the author's or a generated one, as text of an engine's dialect, in one
// layout. Quoting happens here and nowhere else. Keywords in lower case, a clause a line, lines of at most
// 100 code points where that is possible; the text does not depend on how the author spaced his.
#pragma once

#include <string>
#include <vector>

#include "ast/build.h"
#include "print/dialect.h"
#include "print/rewrites.h"

namespace pipec::print {

enum class ParameterStyle : uint8_t {
  Colon,    // :name
  Percent,  // %(name)s, for psycopg; every other % in the text is doubled
};

struct SqlStyle {
  const Dialect* dialect = &kDatabricks;
  ParameterStyle parameters = ParameterStyle::Colon;
  bool comments = true;        // the author's
  bool specification = false;  // as in a .pipe file: comments stay as they are, nothing need be safe for an engine
  bool terminator = false;     // ";" at the end
  uint32_t width = 100;
};

/// What the dialect cannot say, and where it was asked to.
struct PrintError {
  const ast::Tree* tree = nullptr;
  ast::NodeId node;
  std::string message;  // as of a diagnostic: no full stop, names in backticks
};

struct PrintResult {
  std::string sql;  // not to be used if there are errors; no end of line at its end
  std::vector<PrintError> errors;
  std::vector<Symbol> parameters;  // in order of first use
  bool ok() const { return errors.empty(); }
};

PrintResult print_sql(const ast::Tree& tree, ast::NodeId root, const SqlStyle& style = {},
                      const Rewrites* rewrites = nullptr);

/// An identifier, or a dotted path, as the dialect spells it.
std::string print_identifier(Symbol name, const Dialect& dialect);
/// Parts that are quoted each, with dots between them: as a path stands in a string.
std::string print_path(const ast::SqlBuilder::Texts& path, const Dialect& dialect);

}  // namespace pipec::print
