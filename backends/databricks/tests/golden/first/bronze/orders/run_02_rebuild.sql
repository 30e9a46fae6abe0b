-- cdc bronze.orders (shop.pipe)
select true as rebuild
from (
  select
    max_by(fingerprint, recorded_at) as fingerprint,
    max_by(`version`, recorded_at) filter (where input = 'bronze.orders_log') as seen_log_version
  from main.pipec.ledger
  where node = 'bronze.orders'
) as held
where held.fingerprint is distinct from '23eb86780bd5428935fe9dce76ac3727'
  or held.seen_log_version is null
  or held.seen_log_version > :log_version
