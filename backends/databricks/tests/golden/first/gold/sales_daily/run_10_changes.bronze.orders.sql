-- model gold.sales_daily (models.pipe)
select held.`version` as seen_version, held.`version` + 1 as first_version
from (
  select max_by(`version`, recorded_at) as `version`
  from main.pipec.ledger
  where node = 'gold.sales_daily' and input = 'bronze.orders'
) as held
where held.`version` < :bronze_orders_version
