-- cdc bronze.* (shop.pipe)
alter table main.bronze.customers__rows alter column full_name set tags ('pii' = 'name')
