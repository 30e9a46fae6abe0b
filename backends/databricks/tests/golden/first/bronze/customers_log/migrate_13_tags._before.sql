-- cdc bronze.* (shop.pipe)
alter table main.bronze.customers_log alter column _before set tags ('pii' = 'name,email')
