// Comma-separated values as RFC 4180 has them: a field in double quotes may hold commas, line ends and doubled quotes.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/text.h"

namespace pipec {

struct CsvField {
  std::string text;
  bool quoted = false;
  Span span;  // in the text, with its quotes
};
using CsvRow = std::vector<CsvField>;

/// Rows in order, empty lines and a byte order mark left out. `error` is set, with its place, where a quoted field does
/// not end or something stands behind its end.
struct CsvText {
  std::vector<CsvRow> rows;
  std::string error;
  Span error_at;
};
CsvText parse_csv(std::string_view text);

}  // namespace pipec
