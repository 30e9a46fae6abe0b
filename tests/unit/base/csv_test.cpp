#include "base/csv.h"

#include <catch2/catch.hpp>

using namespace pipec;

namespace {

/// Fields with a bar between them, rows by a slash; quoted ones in angles.
std::string shown(std::string_view text) {
  CsvText csv = parse_csv(text);
  std::string out;
  for (const CsvRow& row : csv.rows) {
    if (!out.empty()) out += "/";
    for (size_t i = 0; i < row.size(); ++i) {
      out += (i ? "|" : "") + (row[i].quoted ? "<" + row[i].text + ">" : row[i].text);
    }
  }
  return csv.error.empty() ? out : csv.error;
}

}  // namespace

TEST_CASE("rows of fields", "[csv]") {
  CHECK(shown("") == "");
  CHECK(shown("\n\r\n\n") == "");
  CHECK(shown("a,b\n1,2\n") == "a|b/1|2");
  CHECK(shown("\xEF\xBB\xBF"
              "a,b\r\n,\r\n") == "a|b/|");
  CHECK(shown("a\n\"\"\n") == "a/<>");
  CHECK(shown("\"a,b\",\"c\"\"d\",\"e\nf\"") == "<a,b>|<c\"d>|<e\nf>");
  CHECK(shown(" a , b") == " a | b");
}

TEST_CASE("quotes that do not fit", "[csv]") {
  CHECK(shown("a,\"b\nc") == "the quoted field does not end");
  CHECK(shown("\"a\"b,c") == "something stands behind the end of a quoted field");
  CHECK(parse_csv("ab,\"c").error_at.begin == 3);
}

TEST_CASE("where a field stands", "[csv]") {
  CsvText csv = parse_csv("a,\"b\"\nc,d");
  CHECK(csv.rows[0][1].span.begin == 2);
  CHECK(csv.rows[0][1].span.end == 5);
  CHECK(csv.rows[1][1].span.begin == 8);
}
