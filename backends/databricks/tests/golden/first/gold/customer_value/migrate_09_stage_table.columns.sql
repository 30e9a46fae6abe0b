-- model gold.customer_value (models.pipe)
merge with schema evolution into main.pipec.gold__customer_value__stage
using (
  select
    cast(null as bigint) as customer_id,
    cast(null as string) as country,
    cast(null as bigint) as orders,
    cast(null as decimal(28, 4)) as spent,
    cast(null as timestamp) as last_order_at
  where false
) as declared
on false
when not matched then insert *
