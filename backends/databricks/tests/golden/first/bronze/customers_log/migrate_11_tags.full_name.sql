-- cdc bronze.* (shop.pipe)
alter table main.bronze.customers_log alter column full_name set tags ('pii' = 'name')
