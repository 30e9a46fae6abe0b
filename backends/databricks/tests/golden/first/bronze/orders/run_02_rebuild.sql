-- cdc bronze.orders (shop.pipe)
select true as rebuild
from (
  select
    max_by(fingerprint, recorded_at) as fingerprint,
    max_by(`version`, recorded_at) filter (where input = 'bronze.orders_log') as seen_log_version
  from main.pipec.ledger
  where node = 'bronze.orders'
) as held
where held.fingerprint is distinct from 'order_id:a8a76aa189150f37d5b208e9e9e90793'
  or held.seen_log_version is null
  or held.seen_log_version > :log_version
  or held.seen_log_version <= (
    select coalesce(max(`version`), -1) as `version`
    from main.pipec.ledger
    where node = 'widened' and input = 'bronze.orders_log'
  )
