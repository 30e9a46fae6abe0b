-- model gold.sales_daily (models.pipe)
merge with schema evolution into main.pipec.gold__sales_daily__stage
using (
  select declared.*
  from (
  select
    cast(null as timestamp) as sales_day,
    cast(null as string) as country,
    cast(null as bigint) as orders,
    cast(null as decimal(28, 4)) as revenue,
    cast(null as double) as discount_share
) as declared, lateral (
  select
    case
      when not typeof(sales_day) in ('timestamp')
        then concat('column sales_day is ', typeof(sales_day), ', which cannot become timestamp')
      when not typeof(country) in ('string')
        then concat('column country is ', typeof(country), ', which cannot become string')
      when not typeof(orders) in ('bigint', 'int', 'smallint', 'tinyint')
        then concat('column orders is ', typeof(orders), ', which cannot become bigint')
      when not coalesce(
        try_cast(regexp_extract(typeof(revenue), '^decimal[(]([0-9]+),([0-9]+)[)]$', 2) as int) <= 4
          and try_cast(
              regexp_extract(typeof(revenue), '^decimal[(]([0-9]+),([0-9]+)[)]$', 1) as int
            )
            - try_cast(
              regexp_extract(typeof(revenue), '^decimal[(]([0-9]+),([0-9]+)[)]$', 2) as int
            ) <= 24,
        false
      )
        then concat('column revenue is ', typeof(revenue), ', which cannot become decimal(28,4)')
      when not typeof(discount_share) in ('double', 'float')
        then concat(
          'column discount_share is ',
          typeof(discount_share),
          ', which cannot become double'
        )
    end as problem
  from values (1) as one(pipec_one)
  left join main.pipec.gold__sales_daily__stage on false
) as found
  where case
  when found.problem is not null
    then raise_error(
      concat(
        'main.pipec.gold__sales_daily__stage: ',
        found.problem,
        '; declare the type that it has, or give the new column another name'
      )
    )
  else false
end
)
on false
when not matched then insert *
