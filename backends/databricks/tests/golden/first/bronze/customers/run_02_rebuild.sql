-- cdc bronze.* (shop.pipe)
select true as rebuild
from (
  select
    max_by(fingerprint, recorded_at) as fingerprint,
    max_by(`version`, recorded_at) filter (where input = 'bronze.customers_log') as seen_log_version
  from main.pipec.ledger
  where node = 'bronze.customers'
) as held
where held.fingerprint is distinct from '12108d6052d0b7aab2238bad2b913c96'
  or held.seen_log_version is null
  or held.seen_log_version > :log_version
