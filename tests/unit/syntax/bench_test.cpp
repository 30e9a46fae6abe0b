// Not a test: `unit_syntax "[bench]"` prints how fast 10,000 models of 40 lines are read.
#include <sys/resource.h>

#include <cstdio>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "syntax/lexer.h"
#include "syntax/parse.h"
#include "syntax/prescan.h"

namespace pipec::syntax {
namespace {

double cpu_seconds() {
  rusage usage;
  getrusage(RUSAGE_SELF, &usage);
  auto seconds = [](timeval t) { return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6; };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

std::string model(int i) {
  std::string n = std::to_string(i);
  std::string up = std::to_string(i / 2);
  return "/// Orders of region " + n + " with their customers.\n@owner('team" + n +
         "@example.com') @tags(finance)\nmodel silver.orders_" + n +
         R"( {
  incremental by time (completed_at) { grain 1 day  start '2023-07-01'  batch 7 days }
  columns (
    order_id bigint not null,
    /// The customer's name.
    customer_name string,
    completed_at timestamp not null,
    total decimal(18, 2)
  )
  expect unique (order_id)
  expect total >= 0 else warn
  as
  with recent as (
    select o.order_id, o.customer_id, o.completed_at, o.amount, o.currency
    from bronze.orders_)" +
         up + R"( as o
    where o.completed_at >= date '2023-01-01' and o.status in ('paid', 'shipped')
  ),
  rates as (
    select r.currency, r.rate, row_number() over (partition by r.currency order by r.day desc) as rn
    from bronze.fx_rates as r
  )
  select
    c.order_id,
    -- names are cleaned in bronze
    coalesce(cu.full_name, 'unknown') as customer_name,
    c.completed_at,
    cast(sum(c.amount * r.rate) as decimal(18, 2)) as total,
    case when c.currency = 'EUR' then 'home' when r.rate is null then 'missing' else 'abroad' end as kind,
    date_trunc('month', c.completed_at) as month
  from recent as c
  join rates as r on r.currency = c.currency and r.rn = 1
  left join silver.customers as cu on cu.customer_id = c.customer_id
  where not c.amount between 0 and 1
  group by all
  having sum(c.amount) > 0
  order by c.order_id
}
)";
}

template <typename Work>
void measure(const char* what, size_t bytes, Work work) {
  double before = cpu_seconds();
  size_t count = work();
  double seconds = cpu_seconds() - before;
  std::printf("%-12s %6.3f s  %7.1f MB/s  %zu\n", what, seconds, static_cast<double>(bytes) / 1e6 / seconds, count);
}

}  // namespace

TEST_CASE("speed over 10,000 models", "[.bench]") {
  std::vector<std::string> files;
  size_t bytes = 0;
  for (int i = 0; i < 10000; ++i) {
    files.push_back(model(i));
    bytes += files.back().size();
  }
  measure("lex", bytes, [&] {
    size_t count = 0;
    Tokens tokens;
    for (const std::string& file : files) {
      lex(file, tokens);
      count += tokens.tokens.size();
    }
    return count;
  });
  measure("prescan", bytes, [&] {
    size_t count = 0;
    for (const std::string& file : files) count += prescan(file).extents.size();
    return count;
  });
  measure("all", bytes, [&] {
    size_t errors = 0;
    for (const std::string& file : files) {
      for (const BlockExtent& block : scan_file(file).blocks) {
        errors += parse_block(std::string_view(file).substr(block.span.begin, block.span.end - block.span.begin))
                      .errors.size();
      }
    }
    return errors;
  });
}

}  // namespace pipec::syntax
