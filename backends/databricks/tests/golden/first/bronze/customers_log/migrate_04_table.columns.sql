-- cdc bronze.* (shop.pipe)
merge with schema evolution into main.bronze.customers_log
using (
  select
    cast(null as bigint) as customer_id,
    cast(null as string) as external_id,
    cast(null as string) as full_name,
    cast(null as string) as email,
    cast(null as string) as country,
    cast(null as array<string>) as labels,
    cast(null as string) as preferences,
    cast(null as timestamp) as created_at,
    cast(null as timestamp) as updated_at,
    cast(
      null as struct<customer_id: bigint, external_id: string, full_name: string, email: string, country: string, labels: array<string>, preferences: string, created_at: timestamp, updated_at: timestamp>
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
