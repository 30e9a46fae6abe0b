-- model gold.sales_daily (models.pipe)
alter table main.gold.sales_daily set tags ('finance' = '', 'sales' = '')
