-- model silver.orders_valid (models.pipe)
alter view main.silver.orders_valid set tags ('sales' = '')
