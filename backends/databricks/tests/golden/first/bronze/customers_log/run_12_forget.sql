-- cdc bronze.* (shop.pipe)
delete from main.bronze.customers_log
where _source_ts < current_timestamp() - interval 400 day
