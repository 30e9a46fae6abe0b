-- cdc bronze.orders (shop.pipe)
merge with schema evolution into main.bronze.orders_log
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
    cast(
      null as struct<order_id: bigint, customer_id: bigint, amount: decimal(18, 4), discount: decimal(18, 4), status: string, details: string, placed_at: timestamp, updated_at: timestamp>
    ) as _before,
    cast(null as string) as _op,
    cast(null as timestamp) as _source_ts,
    cast(null as date) as _date,
    cast(null as bigint) as _seq,
    cast(null as bigint) as _ord,
    cast(null as bigint) as _tie,
    cast(null as string) as _file
  where false
) as declared
on false
when not matched then insert *
