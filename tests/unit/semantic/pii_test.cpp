// What a column shows of people comes along with its values, and ends where a function clears it on every way.
#include <catch2/catch.hpp>

#include "project/session.h"

using namespace pipec;

namespace {

constexpr const char* kConfig = R"(name: example
language: 1
connections:
  db: { host: h, user: u, password: { kafka_connect: "env:P" } }
targets: { prod: { warehouse: { engine: databricks, landing: "file:/landing" } } }
)";

constexpr const char* kProject = R"(
source shop { kind postgres  connection db  database shop
  table people ( id bigint primary key, full_name text @pii(name), email text @pii(email), mixed text @pii(name, email) ) }
load raw.people from shop.public.people { full }
function domain(email string @pii(email)) returns string clears pii(email) = split_part(email, '@', 2);
function nothing(x string @pii(email), y string @pii(name)) returns string clears pii(email, name) = 'x';
function passed(x string) returns string = lower(x);
)";

std::string pii_of(const std::string& query) {
  auto vfs = std::make_shared<MemoryVfs>();
  vfs->set("pipec.yaml", kConfig);
  vfs->set("a.pipe", kProject);
  vfs->set("b.pipe", "model gold.x { full  as " + query + " }\nmodel gold.y { view  as select * from gold.x }\n");
  project::Session session(vfs);
  project::SessionOptions options;
  options.build = false;
  std::string shown;
  const project::Analysis& analysis = session.analyze(options);
  for (const Diagnostic& diagnostic : analysis.diagnostics) shown += diagnostic.message + "\n";
  for (const pipeline::Node& node : analysis.pipeline.nodes) {
    if (node.head.name.text() != "gold.y") continue;
    for (const pipeline::Column& column : node.columns) {
      shown += (shown.empty() ? "" : " ") + std::string(column.name.text()) + ":";
      for (size_t i = 0; i < column.pii.size(); ++i) shown += (i ? "," : "") + std::string(column.pii[i].text());
    }
  }
  return shown;
}

}  // namespace

TEST_CASE("classes come with the values") {
  CHECK(pii_of("select id, email as e, lower(full_name) as n, mixed as b from raw.people") ==
        "id: e:email n:name b:email,name");
  CHECK(pii_of("select concat(email, full_name) as x, max(email) over () as m from raw.people") ==
        "x:email,name m:email");
  CHECK(pii_of("select id from raw.people where email is not null") == "id:");
  CHECK(pii_of("select case when email > 'a' then id else 0 end as x from raw.people") == "x:");
}

TEST_CASE("a function clears what it says, and only that") {
  CHECK(pii_of("select domain(email) as d, passed(email) as p, domain(full_name) as n from raw.people") ==
        "d: p:email n:name");
  CHECK(pii_of("select domain(lower(email)) as d, lower(domain(email)) as e from raw.people") == "d: e:");
  CHECK(pii_of("select domain(mixed) as x, nothing(mixed, mixed) as y from raw.people") == "x:name y:");
  CHECK(pii_of("select d as x from (select domain(email) as d from raw.people)") == "x:");
}

TEST_CASE("one open way is enough") {
  CHECK(pii_of("select coalesce(domain(email), email) as x from raw.people") == "x:email");
  CHECK(pii_of("select domain(email) as x from raw.people union all select email from raw.people") == "x:email");
  CHECK(pii_of("with recursive r as (select domain(email) as x, 1 as n, email as y from raw.people union all "
               "select y, n + 1, y from r where n < 3) select x from r") == "x:email");
}
