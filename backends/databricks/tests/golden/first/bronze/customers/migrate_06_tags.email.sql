-- cdc bronze.* (shop.pipe)
alter table main.bronze.customers__rows alter column email set tags ('pii' = 'email')
