-- cdc bronze.orders (shop.pipe)
select held.`version` as seen_version, held.`version` + 1 as first_version
from (
  select max_by(`version`, recorded_at) as `version`
  from main.pipec.ledger
  where node = 'bronze.orders' and input = 'bronze.orders_log'
) as held
where held.`version` < :log_version
