-- model gold.sales_daily (models.pipe)
delete from main.gold.sales_daily
where sales_day < timestamp '2026-01-01'
