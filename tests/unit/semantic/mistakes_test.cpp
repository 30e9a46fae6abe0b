// One mistake in an item gives one error with its code, at the words between the marks. The blocks are read beside a
// small project that is sound.
#include <catch2/catch.hpp>

#include "project/session.h"

using namespace pipec;

namespace {

constexpr const char* kConfig = R"(name: example
language: 1
connections:
  db: { host: h, user: u, password: { kafka_connect: "env:P" } }
targets:
  prod:
    warehouse: { engine: databricks, landing: "file:/landing" }
)";

constexpr const char* kProject = R"(
source shop { kind postgres  connection db  database shop  timestamps in 'UTC'
  table orders ( id bigint primary key, note text, amount numeric(10, 2), placed_at timestamptz not null ) }
source api { kind rest  base_url 'https://api.example.com'
  resource contacts { path '/contacts'  columns ( id bigint not null ) } }
@tags(live)
load raw.orders from shop.public.orders { full }
model gold.orders { full  as select id, note, amount, placed_at from raw.orders }
model gold.named { view  as with few as (select id, note from gold.orders limit 3) select id, note from few }
function latest(t table, k columns, ts column timestamp) returns table =
  select *, 1 as one from t qualify row_number() over (partition by k order by ts desc) = 1;
function sized(t table (id bigint, note string), n int = 3) returns table = select id, left(note, n) as note from t;
destination app { kind postgres  connection db  schema app }
)";

struct Mistake {
  const char* code;
  const char* block;  // the words to blame stand in double braces
};

const Mistake kMistakes[] = {
    {"PIPE0220",
     "function f(t table, n string @pii(name)) returns table {{clears pii(name)}} = select n as n1 from t;"},
    {"PIPE0218",
     "test 'w' for gold.named { given gold.orders {{(id, note, amount)}} values (1, 'a', 1, null), "
     "(2, 'b', 2, null)  expect (id) values (1) }"},
    {"PIPE0553",
     "function f(x bigint) returns boolean = {{x + 1}};\nmodel gold.x { view  as select not f(id) as y from "
     "gold.orders }"},
    {"PIPE0603",
     "source s { kind postgres  connection db  database d  table t ( id bigint primary key, x {{nothing}} ) }\n"
     "load raw.t from s.t { full }\nmodel gold.x { view  as select x + 1 as y from raw.t }"},
    {"PIPE0102",
     "model gold.broken { view  as select date_trunc({{'}}DAY, placed_at) as d from gold.orders }\n"
     "test 'b' for gold.broken { given gold.orders (id) values (1)  expect (d) values (null) }"},
    {"PIPE0217",
     "export b to app from gold.orders { key (id)  mode upsert }\n"
     "export c to app from gold.orders { key (id)  mode upsert  renamed from {{b}} }"},
    {"PIPE0301", "model gold.x { full  as select id from gold.orders where placed_at >= {{window}}.start }"},
    {"PIPE0301",
     "model gold.x { incremental by time (placed_at) { grain 1 day }  as select id, placed_at "
     "from gold.orders where placed_at >= {{window}}.begin }"},
    {"PIPE0310",
     "model gold.x { incremental by time (placed_at) { grain 1 day }  as select id, placed_at "
     "from gold.orders where {{id >= window.start}} }"},
    {"PIPE0209",
     "test 'c' for gold.named { given gold.orders (id, note, amount, placed_at) values (1, 'a', 1, timestamp "
     "'2026-01-01 00:00:00')"
     "  expect cte few (id, {{noet}}) values (1, 'a') }"},
    {"PIPE0218",
     "test 'c' for gold.named { given gold.orders (id, note, amount, placed_at) values (1, 'a', 1, timestamp "
     "'2026-01-01 00:00:00')"
     "  expect cte few (id, note) values ({{'x'}}, 'a') }"},
    {"PIPE0211", "function f(a int, {{a string}}) returns int = 1;"},
    {"PIPE0220", "function f({{t table}}) returns bigint = 1;"},
    {"PIPE0220", "function f(t table) returns table = {{1 + 1}};"},
    {"PIPE0220", "function {{f}}(t table) returns table external;"},
    {"PIPE0220", "function f({{k columns}}, t table) returns table = select k from t;"},
    {"PIPE0220", "function f(t table, k column = {{1}}) returns table = select k from t;"},
    {"PIPE0220", "function f(t table, k columns) returns table = select {{k}} + 1 as x from t;"},
    {"PIPE0220", "function f(t table, k column) returns table = select {{1 as k}} from t;"},
    {"PIPE0220", "function f(t table, k column) returns table = select transform(array(1), {{k}} -> 1) as x from t;"},
    {"PIPE0228", "function f(x bigint) returns bigint = {{(select max(id) from gold.orders)}};"},
    {"PIPE0228", "function f(t table) returns table = select t.* from t, {{gold.orders}};"},
    {"PIPE0301", "function f(t table (id bigint), k column) returns table = select id, k, {{naem}} from t;"},
    {"PIPE0304", "function f(t table) returns table = select {{no_such}}(id) as x from t;"},
    {"PIPE0314", "function f(t table (id bigint)) returns table = select {{upper(id, 1)}} as x from t;"},
    {"PIPE0301", "model gold.x { full  as select id from latest(gold.orders, ({{idd}}), placed_at) }"},
    {"PIPE0313", "model gold.x { full  as select id from latest(gold.orders, (id), {{amount}}) }"},
    {"PIPE0313", "model gold.x { full  as select id from latest(gold.orders, ({{id + 1}}), placed_at) }"},
    {"PIPE0313", "model gold.x { full  as select id from latest(gold.orders, {{()}}, placed_at) }"},
    {"PIPE0313", "model gold.x { full  as select id from latest({{17}}, (id), placed_at) }"},
    {"PIPE0313",
     "model gold.x { full  as select id from latest((select 1 as one, placed_at from gold.orders), "
     "({{one}}), placed_at) }"},
    {"PIPE0314", "model gold.x { full  as select id from {{latest}}(gold.orders, (id)) }"},
    {"PIPE0323", "model gold.x { full  as select id from latest(gold.orders, (id), {{time => placed_at}}) }"},
    {"PIPE0302", "model gold.x { full  as select id from latest({{gold.order}}, (id), placed_at) }"},
    {"PIPE0301", "model gold.x { full  as select {{idd}} from latest(gold.orders, (id), placed_at) }"},
    {"PIPE0301", "model gold.x { full  as select id from sized({{(select 1 as id)}}) }"},
    {"PIPE0313", "model gold.x { full  as select id from sized({{(select 1 as id, 2 as note)}}) }"},
    {"PIPE0313", "model gold.x { full  as select id from sized(gold.orders, n => {{id}}) }"},
    {"PIPE0324", "model gold.x { full  as select {{latest(gold.orders, id, id)}} as x from gold.orders }"},
    {"PIPE0410", "model gold.x { full  as {{select 1 as a except by name select 2 as b}} }"},
    {"PIPE0202", "model gold.x { full  columns ( id bigint {{default 3}} )  as select id from gold.orders }"},
    {"PIPE0202",
     "model gold.x { full  columns ( id bigint {{references gold.orders (id)}} )  as select id from gold.orders }"},
    {"PIPE0202", "seed ref.a { file 'a.csv'  columns ( code string {{primary key}} ) }"},
    {"PIPE0202", "job j { python 'j.py:run'  reads gold.orders  writes gold.j  columns ( id bigint {{unique}} ) }"},
    {"PIPE0202", "destination d { kind files  path 'out/'  format csv  {{schema x}} }"},
    {"PIPE0202", "destination d { kind postgres  connection db  schema x  {{rate 3 per second}} }"},
    {"PIPE0202", "source s { kind files  path 'x'  format csv { header  {{banana 'x'}} }  table t ( id bigint ) }"},
    {"PIPE0203",
     "source s { kind rest  base_url 'https://a.example'  resource a { path '/a'  {{paginate cursor}}\n"
     "columns ( id bigint ) } }"},
    {"PIPE0205", "model gold.x { full  grant {{selct}} to readers  as select id from gold.orders }"},
    {"PIPE0205", "model gold.x { full  layout { snowflake { {{distkey id}} } }  as select id from gold.orders }"},
    {"PIPE0205", "cdc bronze.orders from shop.public.orders { on type change {{add}} }"},
    {"PIPE0205", "function f(x string) returns string {{clears names(x)}} = x;"},
    {"PIPE0207", "cdc bronze.* from shop.public.* except ({{public.ordres}}) { deletes hard }"},
    {"PIPE0208", "schedule s { every 10 minutes  run all, all tagged {{lvie}} }"},
    {"PIPE0209",
     "source s { kind external  loaded by 'x'  table a ( id bigint, b bigint references b ({{nothing}}) )\n"
     "table b ( id bigint ) }"},
    {"PIPE0209",
     "source s { kind rest  base_url 'https://a.example'\n"
     "resource a { path '/a'  columns ( id bigint ) }\n"
     "resource b { for each a  path {{'/a/{nothing}/b'}}  columns ( id bigint ) } }"},
    {"PIPE0209", "function f(x string @pii(name)) returns string clears pii({{nam}}) = x;"},
    {"PIPE0215", "source s { kind external  loaded by 'x'  table a ( id bigint {{@pii}} ) }"},
    {"PIPE0217", "seed {{countries}} { file 'a.csv'  columns ( code string ) }"},
    {"PIPE0217", "snapshot {{history}} from gold.orders { key (id) }"},
    {"PIPE0217", "cdc bronze.orders from shop.public.orders { history {{h}} }"},
    {"PIPE0217", "cdc bronze.orders from shop.public.orders except {{(public.orders)}} { deletes hard }"},
    {"PIPE0217", "model gold.x { full  renamed from {{gold.orders}}  as select id from gold.orders }"},
    {"PIPE0217",
     "model gold.x { full  columns ( a bigint renamed from {{b}}, b bigint )\n"
     "as select id as a, id as b from gold.orders }"},
    {"PIPE0217",
     "source s { kind external  loaded by 'x'  table a ( id bigint )  table b renamed from {{a}} ( id bigint ) }"},
    {"PIPE0218", "test 't' for gold.orders { given raw.orders {{(id)}} values (1)  run  expect (id) values (1) }"},
    {"PIPE0227", "seed ref.b { file {{'b.csv'}}  columns ( code string ) }"},
    {"PIPE0227", "model gold.x { python {{'x.py'}}  reads gold.orders  columns ( id bigint ) }"},
    {"PIPE0553",
     "model gold.x { full  columns ( note varchar(5) )  as select {{cast(note as varchar(5)) as note}} from "
     "gold.orders }"},
    {"PIPE0553", "function f(x bigint, y double = {{'abc'}}) returns bigint = x;"},
    {"PIPE0553", "load raw.x from shop.public.orders { full  partition by date ({{note}}) }"},
};

std::vector<Diagnostic> errors_in(const std::string& block) {
  auto vfs = std::make_shared<MemoryVfs>();
  vfs->set("pipec.yaml", kConfig);
  vfs->set("a.pipe", kProject);
  vfs->set("b.pipe", block);
  vfs->set("a.csv", "code\n");
  vfs->set("j.py", "");
  project::Session session(vfs);
  project::SessionOptions options;
  options.build = false;
  std::vector<Diagnostic> found = session.analyze(options).diagnostics;
  std::erase_if(found, [](const Diagnostic& diagnostic) { return diagnostic.severity() != Severity::Error; });
  return found;
}

/// Errors as "PIPE0202 at `words`".
std::string errors_of(const std::string& block) {
  std::string shown;
  for (const Diagnostic& diagnostic : errors_in(block)) {
    const std::string& text = diagnostic.place.file.text() == "a.pipe" ? kProject : block;
    Span span = diagnostic.place.span;
    shown += std::string(diagnostic.kind->code) + " at " + text.substr(span.begin, span.end - span.begin) + "\n";
  }
  return shown;
}

}  // namespace

TEST_CASE("the project that they are read beside is sound") {
  CHECK(errors_of("") == "");
}

TEST_CASE("a mistake in an item") {
  for (const Mistake& mistake : kMistakes) {
    std::string block = mistake.block;
    size_t begin = block.find("{{"), end = block.find("}}", begin);
    std::string blamed = block.substr(begin + 2, end - begin - 2);
    block = block.substr(0, begin) + blamed + block.substr(end + 2);
    CHECK(errors_of(block + "\n") == std::string(mistake.code) + " at " + blamed + "\n");
  }
}

TEST_CASE("no cast is advised to what no cast gives") {
  const std::string block =
      "model gold.x { full  columns ( note varchar(5) )  as select left(note, 5) as note from gold.orders }\n";
  std::vector<Diagnostic> errors = errors_in(block);
  REQUIRE(errors.size() == 1);
  CHECK(errors[0].help.starts_with("declare string"));
}

TEST_CASE("owner, tags and description as items") {
  auto vfs = std::make_shared<MemoryVfs>();
  vfs->set("pipec.yaml", kConfig);
  vfs->set("a.pipe", "model gold.x { full  owner 'me'  tags (b, a)  description 'What it is.'  as select 1 as id }\n");
  project::Session session(vfs);
  project::SessionOptions options;
  options.build = false;
  const pipeline::Head& head = session.analyze(options).pipeline.models.at(0).head;
  CHECK(head.owner == "me");
  CHECK(head.description == "What it is.");
  CHECK(head.tags == std::vector<Symbol>{Symbol::of("a"), Symbol::of("b")});
}
