// The same query written otherwise has the same types, nullability, lineage and facts: a table, a subquery or a CTE; other aliases;
// conditions in another order; a star or the list of columns.
#include <algorithm>
#include <catch2/catch.hpp>
#include <random>
#include <vector>

#include "bound.h"

using namespace pipec;

namespace {

// `$t` and `$u` stand for the aliases of the two tables.
const std::vector<std::string> kValues = {"$t.a",
                                          "$t.b",
                                          "$u.v * 2",
                                          "coalesce($t.b, $u.k)",
                                          "case when $t.c > 1 then $u.v else null end",
                                          "$t.c + $u.a",
                                          "upper($t.b)",
                                          "sum($u.v) over (partition by $t.b)",
                                          "$t.s.x",
                                          "size($t.arr)",
                                          "$t.m['x']",
                                          "cast($t.c as bigint)",
                                          "date_add($t.d, $u.a)",
                                          "nullif($u.k, 'x')"};
const std::vector<std::string> kKeys = {"$t.b", "$t.d", "$u.k", "date_trunc('DAY', $t.ts)"};
const std::vector<std::string> kAggregates = {"sum($u.v)",
                                              "count(*)",
                                              "max($t.ts)",
                                              "avg($t.c)",
                                              "count(distinct $t.b)",
                                              "min($u.k)",
                                              "sum($t.c) filter (where $u.a > 1)"};
const std::vector<std::string> kConditions = {
    "$t.a = $u.a",  "$t.b = $u.k",   "$t.c > 1",         "$u.v is not null",
    "$t.d < $t.ts", "$u.k in ('x')", "not ($t.b = 'y')", "exists (select 1 from u where u.a = $t.a)"};
const std::vector<std::string> kJoins = {"join", "left join", "right join", "full join"};

struct Shape {
  std::vector<std::string> items, keys, on, where;
  std::string join;
};

struct Style {
  std::string t = "t", u = "u";
  enum class Tables { Plain, Subquery, Cte } tables = Tables::Plain;
  enum class Around { Nothing, StarOfSubquery, ListOfSubquery, StarOfCte, ListOfCte } around = Around::Nothing;
};

class Maker {
 public:
  explicit Maker(uint32_t seed) : random_(seed) {}

  Shape shape() {
    Shape made;
    made.join = any(kJoins);
    made.on = some(kConditions, 1, 3);
    made.where = some(kConditions, 0, 3);
    if (random_() % 3 == 0) {
      made.keys = some(kKeys, 0, 2);
      made.items = made.keys;
      for (const std::string& item : some(kAggregates, 1, 3)) made.items.push_back(item);
    } else {
      made.items = some(kValues, 2, 5);
    }
    return made;
  }
  Shape shuffled(Shape shape) {
    std::shuffle(shape.on.begin(), shape.on.end(), random_);
    std::shuffle(shape.where.begin(), shape.where.end(), random_);
    return shape;
  }

 private:
  const std::string& any(const std::vector<std::string>& of) { return of[random_() % of.size()]; }
  std::vector<std::string> some(std::vector<std::string> of, size_t least, size_t most) {
    std::shuffle(of.begin(), of.end(), random_);
    of.resize(least + random_() % (most - least + 1));
    return of;
  }
  std::mt19937 random_;
};

std::string joined(const std::vector<std::string>& parts, const std::string& by) {
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : by) + part;
  return text;
}

std::string written(const Shape& shape, const Style& style) {
  std::vector<std::string> items, names;
  for (size_t i = 0; i < shape.items.size(); ++i) {
    names.push_back("c" + std::to_string(i));
    items.push_back(shape.items[i] + " as " + names.back());
  }
  std::string with, t = "t as $t", u = "u as $u";
  if (style.tables == Style::Tables::Subquery) t = "(select * from t) as $t", u = "(select a, k, v from u) as $u";
  if (style.tables == Style::Tables::Cte) {
    with = "with t1 as (select * from t), u1 as (select a, k, v from u) ";
    t = "t1 as $t", u = "u1 as $u";
  }
  std::string core =
      "select " + joined(items, ", ") + " from " + t + " " + shape.join + " " + u + " on " + joined(shape.on, " and ");
  if (!shape.where.empty()) core += " where " + joined(shape.where, " and ");
  if (!shape.keys.empty()) core += " group by " + joined(shape.keys, ", ");
  const std::string list = joined(names, ", ");
  switch (style.around) {
    case Style::Around::Nothing:
      break;
    case Style::Around::StarOfSubquery:
      core = "select * from (" + core + ") as w";
      break;
    case Style::Around::ListOfSubquery:
      core = "select " + list + " from (" + core + ") as w";
      break;
    case Style::Around::StarOfCte:
    case Style::Around::ListOfCte:
      with += (with.empty() ? "with w as (" : ", w as (") + core + ") ";
      core = "select " + (style.around == Style::Around::StarOfCte ? std::string("w.*") : list) + " from w";
      break;
  }
  std::string text = with + core;
  for (const auto& [sign, alias] : {std::pair{std::string("$t"), style.t}, std::pair{std::string("$u"), style.u}}) {
    for (size_t at = text.find(sign); at != std::string::npos; at = text.find(sign, at)) text.replace(at, 2, alias);
  }
  return text;
}

// Without the warnings, which show the words as they were written.
std::string meaning(const std::string& sql) {
  const std::string columns = test::bound(sql);
  return columns.substr(0, columns.find(" [PIPE")) + "\n" + test::lineage(sql) + "\n" + test::facts(sql);
}

}  // namespace

TEST_CASE("the same query written otherwise") {
  Maker maker(19);
  size_t typed = 0, unique = 0;
  for (int round = 0; round < 400; ++round) {
    const Shape shape = maker.shape();
    const std::string plain = written(shape, {});
    const std::string expected = meaning(plain);
    typed += expected.find("PIPE") == std::string::npos;
    unique += expected.find("unique ") != std::string::npos;
    for (Style::Tables tables : {Style::Tables::Plain, Style::Tables::Subquery, Style::Tables::Cte}) {
      for (int around = 0; around < 5; ++around) {
        const std::string other =
            written(maker.shuffled(shape), {"x9", "`other name`", tables, static_cast<Style::Around>(around)});
        INFO(plain << "\n" << other);
        CHECK(meaning(other) == expected);
      }
    }
  }
  CHECK(unique > 40);
  CHECK(typed == 400);  // none of the queries is one that is wrong
}
