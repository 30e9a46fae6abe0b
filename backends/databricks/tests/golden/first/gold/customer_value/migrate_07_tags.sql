-- model gold.customer_value (models.pipe)
alter table main.gold.customer_value set tags ('live' = '', 'sales' = '')
