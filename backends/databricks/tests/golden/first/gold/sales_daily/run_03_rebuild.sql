-- model gold.sales_daily (models.pipe)
select true as rebuild
from (
  select
    max_by(fingerprint, recorded_at) as fingerprint,
    max_by(`version`, recorded_at) filter (
      where input = 'bronze.customers'
    ) as seen_bronze_customers_version,
    max_by(`version`, recorded_at) filter (
      where input = 'bronze.orders'
    ) as seen_bronze_orders_version
  from main.pipec.ledger
  where node = 'gold.sales_daily'
) as held
where held.fingerprint is distinct from 'sales_day:e1ab03b98602c5f99b74e3064d351205'
  or held.seen_bronze_customers_version is null
  or held.seen_bronze_customers_version > :bronze_customers_version
  or held.seen_bronze_customers_version <= (
    select coalesce(max(`version`), -1) as `version`
    from main.pipec.ledger
    where node = 'widened' and input = 'bronze.customers'
  )
  or held.seen_bronze_orders_version is null
  or held.seen_bronze_orders_version > :bronze_orders_version
  or held.seen_bronze_orders_version <= (
    select coalesce(max(`version`), -1) as `version`
    from main.pipec.ledger
    where node = 'widened' and input = 'bronze.orders'
  )
