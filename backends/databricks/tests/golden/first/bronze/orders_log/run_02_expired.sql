-- cdc bronze.orders (shop.pipe)
select count(*) as events
from main.bronze.orders_log
where _date < date_from_unix_date(
  cast(unix_seconds(current_timestamp() - interval 400 day) div 86400 as int)
)
having count(*) > 0
  and (
    select count(*)
    from (
      select max_by(`version`, recorded_at) as `version`
      from main.pipec.ledger
      where input = 'bronze.orders_log' and node in ('bronze.orders', 'bronze.orders_history')
      group by node
    ) as seen
    where seen.`version` >= :log_version
  ) = 2
