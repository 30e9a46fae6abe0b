-- model gold.sales_daily (models.pipe)
insert overwrite main.pipec.gold__sales_daily__pending by name
select distinct grain
from (
  select date_trunc('DAY', result.sales_day) as grain
  from (
    select
      date_trunc('DAY', o.placed_at) as sales_day,
      c.country,
      count(*) as orders,
      sum(o.amount) as revenue,
      avg(
        case
          when cast(o.amount as decimal(18, 4)) = 0 then null
          else cast(cast(o.discount as decimal(18, 4)) as double)
            / cast(cast(o.amount as decimal(18, 4)) as double)
        end
      ) as discount_share
    from main.silver.orders_valid as o
    join main.bronze.customers as c on o.customer_id = c.customer_id
    group by date_trunc('DAY', o.placed_at), c.country
  ) as result
  union all
  select date_trunc('DAY', sales_day) as grain
  from main.gold.sales_daily
) as grains
where grain >= timestamp '2026-01-01'
