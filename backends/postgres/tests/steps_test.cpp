// The statements of one export, as text; tests/consumers/test_postgres.py runs them on a real PostgreSQL.
#include <algorithm>
#include <catch2/catch.hpp>

#include "backend/backend.h"
#include "platform/types.h"

namespace pipec::backend {
const Backend& postgres_backend();
}

using namespace pipec;
using namespace pipec::pipeline;
using sql::TypeKind;

namespace {

Column column(const char* name, sql::Type type, bool nullable, const char* description = "") {
  Column c;
  c.name = Symbol::of(name);
  c.type = type;
  c.nullable = nullable;
  c.description = description;
  return c;
}

Pipeline customer_value() {
  Pipeline p;
  p.target.catalog = "main";
  p.target.engine = "databricks";
  Destination destination;
  destination.head.name = Symbol::of("back_office");
  destination.head.declaration = Symbol::of("destination:back_office");
  destination.head.file = Symbol::of("serving.pipe");
  destination.kind = Symbol::of("postgres");
  destination.schema = Symbol::of("shop");
  p.destinations.push_back(destination);
  Node source;
  source.head.name = Symbol::of("gold.customer_value");
  source.head.declaration = Symbol::of("model:gold.customer_value");
  source.columns = {column("customer_id", TypeKind::BigInt, false),
                    column("Country", TypeKind::String, true, "It's 100% {{x}}"),
                    column("spent", sql::Type::decimal(28, 4), true),
                    column("labels", sql::Type::array(TypeKind::String, true), true)};
  Node node = source;
  node.kind = NodeKind::Export;
  node.head.name = Symbol::of("customer_value");
  node.head.declaration = Symbol::of("export:customer_value");
  node.head.file = Symbol::of("serving.pipe");
  p.nodes = {node, source};
  Model model;
  model.head = source.head;
  model.materialization = Materialization::IncrementalByKey;
  p.models.push_back(model);
  Export e;
  e.head = node.head;
  e.destination = destination.head.name;
  e.source = source.head.name;
  e.key = {Symbol::of("customer_id")};
  e.indexes = {{{Symbol::of("Country"), false}, {Symbol::of("spent"), true}}};
  e.grant_select_to = {Symbol::of("reader")};
  p.exports.push_back(e);
  return p;
}

std::vector<Step> all_steps(const Pipeline& p) {
  std::vector<Step> steps;
  const std::map<Symbol, StepList, ByText> none;
  for (const backend::Unit& unit : backend::postgres_backend().units(p)) {
    backend::View view(p, none);
    for (const StepList& list : backend::postgres_backend().lower(view, unit).steps)
      steps.insert(steps.end(), list.steps.begin(), list.steps.end());
  }
  // Each file says what it comes from.
  for (Step& step : steps) {
    const std::string header = step.id.starts_with("back_office.") ? "-- destination back_office (serving.pipe)\n"
                                                                   : "-- export customer_value (serving.pipe)\n";
    CHECK(step.sql.starts_with(header));
    step.sql.erase(0, header.size());
  }
  return steps;
}

std::map<std::string, Step> steps_of(const Pipeline& p) {
  std::map<std::string, Step> steps;
  for (Step& step : all_steps(p)) steps.emplace(step.id, std::move(step));
  return steps;
}

std::vector<Step> run_steps(const Pipeline& p) {
  std::vector<Step> steps = all_steps(p);
  std::erase_if(steps, [](const Step& step) { return step.phase != Phase::Run; });
  return steps;
}

std::vector<std::string> codes(const Pipeline& p) {
  Sink sink;
  backend::postgres_backend().check(p, sink);
  std::vector<std::string> found;
  for (const Diagnostic& diagnostic : sink.diagnostics()) found.emplace_back(diagnostic.kind->code);
  return found;
}

}  // namespace

TEST_CASE("the copy is one transaction behind the questions for versions") {
  const std::vector<Step> steps = run_steps(customer_value());
  REQUIRE(steps.front().id == "version");
  CHECK(steps.front().engine == EngineKind::Warehouse);
  CHECK(steps.front().bind == std::map<std::string, std::string>{{"version", "to_version"}});
  std::string ids;
  for (const Step& step : steps) {
    ids += step.id + "\n";
    CHECK(step.transaction == (step.kind == StepKind::Bind ? "" : "load"));
    CHECK((step.kind == StepKind::Copy || step.kind == StepKind::Bind) == (step.engine == EngineKind::Warehouse));
    const size_t dot = step.id.find('.');
    CHECK(step.loop == (dot == std::string::npos ? "" : step.id.substr(0, dot)));
  }
  CHECK(ids ==
        "version\nwidened\nlimits\nlock\ncontract\nall\nall.stage\nall.copy\nall.analyze\nall.delete\nall.upsert\n"
        "all.watermark\nchanges\nchanges.stage\nchanges.copy\nchanges.analyze\nchanges.delete\nchanges.upsert\n"
        "changes.watermark\n");
}

TEST_CASE("the last image of each changed key") {
  const Step copy = steps_of(customer_value()).at("changes.copy");
  const std::string images = R"(
from (
  select
    customer_id,
    case when not _change_type in ('delete', 'update_preimage') then Country end as Country,
    case when not _change_type in ('delete', 'update_preimage') then spent end as spent,
    case when not _change_type in ('delete', 'update_preimage') then labels end as labels,
    case when _change_type in ('delete', 'update_preimage') then 'd' else 'u' end as _op
  from table_changes('main.gold.customer_value', :first_version, :to_version)
  qualify row_number() over (
    partition by customer_id
    order by _commit_version desc, _change_type in ('delete', 'update_preimage')
  ) = 1
) as r
)";
  INFO(copy.sql);
  CHECK(copy.sql.ends_with(images));
  CHECK(copy.params == std::vector<std::string>{"first_version", "to_version"});
  CHECK(copy.copy_table == "pg_temp.pipec_stage");
  CHECK(copy.copy_columns == std::vector<std::string>{"customer_id", "Country", "spent", "labels", "_op"});
}

namespace {

/// The same export, of the current table of a cdc.
Pipeline captured(Deletes deletes) {
  Pipeline p = customer_value();
  p.models.clear();
  p.nodes[1].kind = NodeKind::CdcCurrent;
  Cdc cdc;
  cdc.head = p.nodes[1].head;
  cdc.source_kind = Symbol::of("postgres");
  cdc.deletes = deletes;
  p.cdcs.push_back(cdc);
  return p;
}

bool reads(const Pipeline& p, const char* step, const char* text) {
  const std::string sql = steps_of(p).at(step).sql;
  INFO(sql);
  return sql.find(text) != std::string::npos;
}

}  // namespace

TEST_CASE("of a captured table the rows below the view say what changed") {
  constexpr const char* kFeed = "table_changes('main.gold.customer_value__rows', :first_version, :to_version)";
  Pipeline p = captured(Deletes::Hard);
  CHECK(codes(p).empty());
  CHECK(reads(p, "version", "describe history main.gold.customer_value__rows limit 1"));
  CHECK(reads(p, "all.copy", "from main.gold.customer_value\n"));
  CHECK(reads(p, "changes.copy", kFeed));
  CHECK(reads(p, "changes.copy", "where not _deleted\n"));
  p = captured(Deletes::Soft);
  CHECK(reads(p, "changes.copy", "case when _deleted then _source_ts end as _deleted_at"));
  CHECK(reads(p, "changes.copy", "where _row_seq > -1\n"));
  p.cdcs[0].source_kind = Symbol::of("sqlserver");
  CHECK(reads(p, "changes.copy", "where _row_seq > ''\n"));
  // AUTO CDC keeps no row that the view hides.
  p = captured(Deletes::Hard);
  p.target.backends["databricks"]["cdc"] = "auto_cdc";
  CHECK(codes(p).empty());
  CHECK(reads(p, "changes.copy", kFeed));
  CHECK(!reads(p, "changes.copy", "_deleted"));
  p.nodes[1].kind = NodeKind::CdcHistory;
  CHECK(codes(p) == std::vector<std::string>{"PIPE2302"});
}

TEST_CASE("another source is another contract: its versions count something else") {
  Pipeline p = customer_value();
  const std::string before = steps_of(p).at("contract").sql;
  p.exports[0].source = p.nodes[1].head.name = p.models[0].head.name = Symbol::of("gold.other");
  CHECK(steps_of(p).at("contract").sql != before);
}

TEST_CASE("a table becomes what is declared before anything is put on it, its views locked first as readers do it") {
  const std::string expected =
      "migrate.lock migrate.table migrate.table_owner migrate.alter migrate.index migrate.view ";
  std::string ids;
  for (const Step& step : all_steps(customer_value())) {
    const std::string id = step.id.substr(0, step.id.find('.', step.id.find('.') + 1));
    if (step.phase == Phase::Migrate && expected.find(id + " ") != std::string::npos) ids += id + " ";
  }
  CHECK(ids == expected);
}

TEST_CASE("an unchanged row is not written again") {
  CHECK(steps_of(customer_value()).at("changes.upsert").sql ==
        R"(insert into shop_data.customer_value as t (customer_id, "Country", spent, labels)
select s.customer_id, s."Country", s.spent, s.labels
from pg_temp.pipec_stage as s
where s._op = 'u'
on conflict (customer_id) do update set
  "Country" = excluded."Country",
  spent = excluded.spent,
  labels = excluded.labels
where (t."Country", t.spent, t.labels) is distinct from (
  excluded."Country",
  excluded.spent,
  excluded.labels
);
)");
  Pipeline only_key = customer_value();
  only_key.nodes[0].columns.resize(1);
  CHECK(steps_of(only_key).at("changes.upsert").sql.find("on conflict (customer_id) do nothing;") != std::string::npos);
}

TEST_CASE("columns have the types of the platform's table") {
  Pipeline p = customer_value();
  std::vector<Column>& columns = p.nodes[0].columns;
  columns.resize(1);
  for (sql::Type type : {sql::Type(TypeKind::Boolean), sql::Type(TypeKind::TinyInt), sql::Type(TypeKind::SmallInt),
                         sql::Type(TypeKind::Int), sql::Type(TypeKind::BigInt), sql::Type(TypeKind::Float),
                         sql::Type(TypeKind::Double), sql::Type::decimal(38, 10), sql::Type(TypeKind::String),
                         sql::Type(TypeKind::Binary), sql::Type(TypeKind::Date), sql::Type(TypeKind::Timestamp),
                         sql::Type(TypeKind::TimestampNtz), sql::Type::array(sql::Type::decimal(5, 2), true)}) {
    columns.push_back(column(("c" + std::to_string(columns.size())).c_str(), type, true));
  }
  std::string table = steps_of(p).at("migrate.table").sql;
  for (size_t at = table.find(", "); at != std::string::npos; at = table.find(", ")) table.erase(at + 1, 1);
  for (size_t i = 1; i < columns.size(); ++i) {
    std::string why;
    const auto type = platform::serving_type("postgres", columns[i].type, &why);
    REQUIRE(type);
    INFO(table << *type);
    CHECK(table.find("  " + std::string(columns[i].name.text()) + " " + *type + ",\n") != std::string::npos);
  }
}

TEST_CASE("names of any kind are quoted, and make file names that no system refuses") {
  Pipeline p = customer_value();
  const char* hostile = "a\"b'c{{x}}$y %s\nz";
  p.nodes[0].head.name = p.exports[0].head.name = Symbol::of(hostile);
  p.nodes[0].columns[0].name = p.exports[0].key[0] = Symbol::of(hostile);
  p.nodes[0].columns[1].name = Symbol::of("_op");
  p.exports[0].indexes = {{{Symbol::of(hostile), false}}};
  p.exports[0].grant_select_to = {Symbol::of(hostile)};
  p.destinations[0].schema = Symbol::of(hostile);
  for (const auto& [id, step] : steps_of(p)) {
    CHECK(step.path.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_./%-") == std::string::npos);
    CHECK(step.sql.size() > 10);
  }
  const Step upsert = steps_of(p).at("changes.upsert");
  CHECK(upsert.sql.find("s._op_ = 'u'") != std::string::npos);
  // Without parameters percent signs stand as they are.
  CHECK(upsert.sql.find("\"a\"\"b'c{{x}}$y %s\nz\"") != std::string::npos);
  CHECK(steps_of(p).at("all").sql.find("$y %%s") != std::string::npos);
}

TEST_CASE("what PostgreSQL cannot take") {
  CHECK(codes(customer_value()).empty());
  Pipeline p = customer_value();
  p.exports[0].head.name = Symbol::of(std::string(64, 'c'));
  p.nodes[0].head.name = p.exports[0].head.name;
  CHECK(codes(p) == std::vector<std::string>{"PIPE2301"});
  p = customer_value();
  p.nodes[0].columns[2].name = Symbol::of(std::string(64, 'x'));
  CHECK(codes(p) == std::vector<std::string>{"PIPE2301"});
  p = customer_value();
  p.destinations[0].schema = Symbol::of(std::string(57, 'x'));
  CHECK(codes(p) == std::vector<std::string>{"PIPE2301"});
  p = customer_value();
  p.nodes[0].columns[0].nullable = true;
  CHECK(codes(p) == std::vector<std::string>{"PIPE2303"});
  p = customer_value();
  p.models[0].materialization = Materialization::View;
  CHECK(codes(p) == std::vector<std::string>{"PIPE2302"});
}

TEST_CASE("the name of an index says what it is over and is never too long") {
  Pipeline p = customer_value();
  p.exports[0].indexes = {{{Symbol::of(std::string(40, 'y')), false}, {Symbol::of(std::string(40, 'z')), true}},
                          {{Symbol::of(std::string(40, 'y')), false}, {Symbol::of(std::string(40, 'z')), false}}};
  std::vector<std::string> names;
  for (const auto& [id, step] : steps_of(p))
    if (id.starts_with("migrate.index.")) names.push_back(id.substr(14));
  REQUIRE(names.size() == 2);
  CHECK(names[0] != names[1]);
  for (const std::string& name : names) CHECK(name.size() == 63);
}
