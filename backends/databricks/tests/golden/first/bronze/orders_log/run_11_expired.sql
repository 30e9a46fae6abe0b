-- cdc bronze.orders (shop.pipe)
select count(*) as events
from main.bronze.orders_log
where _source_ts < current_timestamp() - interval 400 day
having count(*) > 0
