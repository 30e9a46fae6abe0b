-- cdc bronze.orders (shop.pipe)
delete from main.bronze.orders_log
where _source_ts < current_timestamp() - interval 400 day
