#include <catch2/catch.hpp>
#include <fstream>
#include <nlohmann/json.hpp>
#include <random>

#include "print_test.h"
#include "syntax/parse.h"

using namespace pipec;
using pipec::print::printed;
using pipec::print::round_trip_with_comments;

TEST_CASE("comments stay where the author put them") {
  std::string text = printed(R"(-- of the whole
select -- all of them
  a, -- the first
  -- above b
  b, /* inline */ c,
  case -- which
    when a then 1 -- yes
    -- otherwise
    else 2 end as d
-- from here
from t -- the table
join u -- another
  on t.a = u.a -- by a
  and t.b = u.b
where x = 1 -- one
  -- and also
  and y = 2 and z = 3 -- three
group by a -- grouped
-- the end
)");
  CHECK(text == R"(-- of the whole
select
  -- all of them
  a, -- the first
  -- above b
  b,
  /* inline */ c,
  case
    -- which
    when a then 1 -- yes
    -- otherwise
    else 2
  end as d
-- from here
from t -- the table
join u -- another
  on t.a = u.a -- by a
  and t.b = u.b
where x = 1 -- one
  -- and also
  and y = 2
  and z = 3 -- three
group by a -- grouped
-- the end)");
}

TEST_CASE("a comment that ends in a backslash does not swallow the next line on Spark") {
  CHECK(printed("select a -- C:\\\nfrom t") == "select a /* C:\\ */\nfrom t");
}

TEST_CASE("printing without comments") {
  syntax::ParsedQuery parsed = syntax::parse_query("select a -- x\n, /* y */ b");
  print::SqlStyle style;
  style.comments = false;
  style.terminator = true;
  CHECK(print::print_sql(parsed.tree, parsed.tree.root, style).sql == "select a, b;");
  style.comments = true;
  CHECK(print::print_sql(parsed.tree, parsed.tree.root, style).sql == "select\n  a, -- x\n  /* y */ b;");
}

namespace {

/// Comments in some of the places where a blank stands in code.
std::string with_comments(std::string_view sql, std::mt19937& random) {
  std::string out;
  char quote = 0;
  size_t number = 0;
  for (size_t i = 0; i < sql.size(); ++i) {
    char c = sql[i];
    if (quote != 0 && c == '\\' && i + 1 < sql.size()) {
      out += c;
      out += sql[++i];
      continue;
    }
    if (quote != 0) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"' || c == '`') {
      quote = c;
    } else if ((c == ' ' || c == '\n') && random() % 4 == 0) {
      std::string name = std::to_string(number++);
      if (random() % 3 == 0) {
        out += " /* c" + name + " */ ";
      } else if (random() % 2 == 0) {
        out += " -- c" + name + "\n";
      } else {
        out += "\n -- c" + name + "\n";
      }
    }
    out += c;
  }
  return out;
}

}  // namespace

TEST_CASE("comments anywhere in Spark's queries are kept, once each") {
  std::ifstream file(PIPEC_SOURCE_DIR "/../shared/conformance/spark_open.jsonl");
  if (!file) {
    WARN("SKIPPED: the conformance queries are not on this machine");
    return;
  }
  std::mt19937 random(7);
  for (std::string line; std::getline(file, line);) {
    std::string query = nlohmann::json::parse(line)["query"];
    bool tricky = query.find("--") != std::string::npos || query.find("/*") != std::string::npos;
    if (tricky || !syntax::parse_query(query).errors.empty()) continue;
    std::string commented = with_comments(query, random);
    if (!syntax::parse_query(commented).errors.empty()) continue;
    std::string wrong = round_trip_with_comments(commented);
    INFO(commented << "\n" << wrong);
    CHECK(wrong.empty());
  }
}
