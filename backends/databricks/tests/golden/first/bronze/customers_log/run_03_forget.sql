-- cdc bronze.* (shop.pipe)
delete from main.bronze.customers_log
where _date < date_from_unix_date(
  cast(unix_seconds(current_timestamp() - interval 400 day) div 86400 as int)
)
