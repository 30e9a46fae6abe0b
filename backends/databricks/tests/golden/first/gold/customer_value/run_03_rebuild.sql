-- model gold.customer_value (models.pipe)
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
  where node = 'gold.customer_value'
) as held
where held.fingerprint is distinct from 'customer_id:14054cab0451a7b939e31f4e01c859a7'
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
