-- cdc bronze.* (shop.pipe)
select true as rebuild
from (
  select
    max_by(fingerprint, recorded_at) as fingerprint,
    max_by(`version`, recorded_at) filter (where input = 'bronze.customers_log') as seen_log_version
  from main.pipec.ledger
  where node = 'bronze.customers'
) as held
where held.fingerprint is distinct from 'customer_id:a4575ebcc3be6dd8c56ca04b825aec14'
  or held.seen_log_version is null
  or held.seen_log_version > :log_version
  or held.seen_log_version <= (
    select coalesce(max(`version`), -1) as `version`
    from main.pipec.ledger
    where node = 'widened' and input = 'bronze.customers_log'
  )
