-- model gold.country_ranking (models.pipe)
select true as due
from (
  select
    max_by(fingerprint, recorded_at) as fingerprint,
    max_by(`version`, recorded_at) filter (
      where input = 'gold.customer_value'
    ) as seen_gold_customer_value_version
  from main.pipec.ledger
  where node = 'gold.country_ranking'
) as held
where held.fingerprint is distinct from 'da1eb17ef16b322210f1227a15146b60'
  or held.seen_gold_customer_value_version is null
  or held.seen_gold_customer_value_version > :gold_customer_value_version
  or held.seen_gold_customer_value_version <= (
    select coalesce(max(`version`), -1) as `version`
    from main.pipec.ledger
    where node = 'widened' and input = 'gold.customer_value'
  )
  or held.seen_gold_customer_value_version < :gold_customer_value_version
