-- cdc bronze.* (shop.pipe)
alter table main.bronze.customers_log alter column email set tags ('pii' = 'email')
