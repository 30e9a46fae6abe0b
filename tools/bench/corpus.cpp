#include "bench/corpus.h"

#include <vector>

#include <fmt/format.h>

namespace pipec::bench {
namespace {

constexpr const char* kProject = R"(name: bench
language: 1
vars: { catalog: main, landing: "file:/landing" }
defaults: { owner: bench@example.org }
connections:
  db: { host: { kafka_connect: "env:H" }, port: { kafka_connect: "env:P" }, user: { kafka_connect: "env:U" }, password: { kafka_connect: "env:W" } }
  warehouse: { http_path: { dagster: "env:P" } }
targets:
  prod:
    warehouse: { engine: databricks, catalog: "${var.catalog}", landing: "${var.landing}" }
    backends: { kafka_connect: { host: self_hosted }, databricks: {}, dagster: {} }
)";

constexpr const char* kSource = R"(/// Where all of it comes from.
source app {
  kind postgres
  connection db
  database app
  cdc { retention 3 days }
  table public.facts (
    id bigint primary key,
    customer_id bigint not null,
    kind text not null,
    amount numeric(18, 4),
    quantity integer not null,
    happened_at timestamptz not null
  )
}
/// As it is now.
cdc bronze.facts from app.public.facts { deletes hard }
/// Every day.
schedule daily { cron '0 3 * * *'  run all }
)";

// Every table has the same seven columns, so that any model can read any other.
constexpr const char* kPlain = R"(/// Model {0}: what customers did, by kind.
@tags(bench)
model m{1}.model_{0} {{
  {2}
  as
  with base as (
    select
      id,
      customer_id,
      kind,
      amount,
      quantity,
      happened_at,
      score
    from {3}
    where quantity > {4}
  ),
  -- the best of each customer
  ranked as (
    select
      b.id,
      b.customer_id,
      b.happened_at,
      row_number() over (partition by b.customer_id order by b.amount desc) as place
    from base as b
  )
  select
    a.id,
    a.customer_id,
    upper(coalesce(a.kind, 'none')) as kind,
    cast(a.amount * 1.05 as decimal(18, 4)) as amount,
    a.quantity + {5} as quantity,
    a.happened_at,
    case
      when o.quantity is null then 0.5
      when a.quantity > o.quantity then a.score + 1
      else a.score
    end as score
  from base as a
  join ranked as r on a.id = r.id and r.place <= {5}
  left join {6} as o on a.id = o.id and o.quantity > {4}
  where a.happened_at >= timestamp '2026-01-01 00:00:00'
}}
)";

constexpr const char* kStar = R"(/// Model {0}: all columns of another, fewer rows.
@tags(bench)
model m{1}.model_{0} {{
  {2}
  as
  -- every column goes through, the way that people write it
  -- when they only want fewer rows than the table has,
  -- and when the table gets another column, so does this
  -- model; the list of columns in the artifact tells.
  with chosen as (
    select *
    from {3}
    where quantity > {4}
      and kind is not null
  ),
  counted as (
    select
      customer_id,
      count(*) as facts,
      sum(amount) as total,
      min(happened_at) as first_at,
      max(happened_at) as last_at
    from chosen
    group by customer_id
    having count(*) > {5}
  )
  select c.*
  from chosen as c
  join counted as n
    on c.customer_id = n.customer_id
  where n.facts between 1 and 100000
    and n.total is not null
    and n.first_at <= n.last_at
    and exists (
      select 1
      from {6} as o
      where o.customer_id = c.customer_id
        and o.quantity > {4}
    )
}}
)";

constexpr const char* kRoot = R"(/// The root of all models: the captured facts with a score.
model m0.root {
  view
  as
  select id, customer_id, kind, amount, quantity, happened_at, cast(quantity as double) as score
  from bronze.facts
}
)";

std::string name_of(size_t i) {
  return fmt::format("m{}.model_{}", i % 20, i);
}

}  // namespace

std::map<std::string, std::string> corpus(size_t models) {
  std::map<std::string, std::string> files;
  files["pipec.yaml"] = kProject;
  files["app.pipe"] = kSource;
  files["models/root.pipe"] = kRoot;
  size_t hubs = models / 20 == 0 ? 1 : models / 20;
  for (size_t i = 0; i < models; ++i) {
    bool hub = i < hubs;
    bool chained = i % 2 == 0 && !hub && i >= 2 && (i / 2) % 20 != 0;
    std::string first = hub ? "m0.root" : chained ? name_of(i - 2) : name_of((i * 7) % hubs);
    std::string second = hub ? "m0.root" : name_of((i * 13 + 5) % hubs);
    const char* materialization = i % 5 == 0 ? "full" : "view";
    const char* text = i % 10 == 3 ? kStar : kPlain;
    files[fmt::format("models/m{}/model_{}.pipe", i % 20, i)] =
        fmt::format(fmt::runtime(text), i, i % 20, materialization, first, i % 7, i % 3 + 1, second);
  }
  return files;
}

}  // namespace pipec::bench
