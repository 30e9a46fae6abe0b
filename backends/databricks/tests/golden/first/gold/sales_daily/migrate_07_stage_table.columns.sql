-- model gold.sales_daily (models.pipe)
merge with schema evolution into main.pipec.gold__sales_daily__stage
using (
  select
    cast(null as timestamp) as sales_day,
    cast(null as string) as country,
    cast(null as bigint) as orders,
    cast(null as decimal(28, 4)) as revenue,
    cast(null as double) as discount_share
  where false
) as declared
on false
when not matched then insert *
