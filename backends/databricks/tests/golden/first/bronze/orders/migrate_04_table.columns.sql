-- cdc bronze.orders (shop.pipe)
merge with schema evolution into main.bronze.orders__rows
using (
  select
    cast(null as bigint) as order_id,
    cast(null as bigint) as customer_id,
    cast(null as decimal(18, 4)) as amount,
    cast(null as decimal(18, 4)) as discount,
    cast(null as string) as status,
    cast(null as string) as details,
    cast(null as timestamp) as placed_at,
    cast(null as timestamp) as updated_at,
    cast(null as boolean) as _deleted,
    cast(null as timestamp) as _source_ts,
    cast(null as bigint) as _seq,
    cast(null as bigint) as _ord,
    cast(null as bigint) as _tie
  where false
) as declared
on false
when not matched then insert *
