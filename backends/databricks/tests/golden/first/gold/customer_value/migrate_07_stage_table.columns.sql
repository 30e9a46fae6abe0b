-- model gold.customer_value (models.pipe)
merge with schema evolution into main.pipec.gold__customer_value__stage
using (
  select declared.*
  from (
  select
    cast(null as bigint) as customer_id,
    cast(null as string) as country,
    cast(null as bigint) as orders,
    cast(null as decimal(28, 4)) as spent,
    cast(null as timestamp) as last_order_at
) as declared, lateral (
  select
    case
      when not typeof(customer_id) in ('bigint', 'int', 'smallint', 'tinyint')
        then concat('column customer_id is ', typeof(customer_id), ', which cannot become bigint')
      when not typeof(country) in ('string')
        then concat('column country is ', typeof(country), ', which cannot become string')
      when not typeof(orders) in ('bigint', 'int', 'smallint', 'tinyint')
        then concat('column orders is ', typeof(orders), ', which cannot become bigint')
      when not coalesce(
        try_cast(regexp_extract(typeof(spent), '^decimal[(]([0-9]+),([0-9]+)[)]$', 2) as int) <= 4
          and try_cast(regexp_extract(typeof(spent), '^decimal[(]([0-9]+),([0-9]+)[)]$', 1) as int)
            - try_cast(
              regexp_extract(typeof(spent), '^decimal[(]([0-9]+),([0-9]+)[)]$', 2) as int
            ) <= 24,
        false
      )
        then concat('column spent is ', typeof(spent), ', which cannot become decimal(28,4)')
      when not typeof(last_order_at) in ('timestamp')
        then concat(
          'column last_order_at is ',
          typeof(last_order_at),
          ', which cannot become timestamp'
        )
    end as problem
  from values (1) as one(pipec_one)
  left join main.pipec.gold__customer_value__stage on false
) as found
  where case
  when found.problem is not null
    then raise_error(
      concat(
        'main.pipec.gold__customer_value__stage: ',
        found.problem,
        '; declare the type that it has, or give the new column another name'
      )
    )
  else false
end
)
on false
when not matched then insert *
