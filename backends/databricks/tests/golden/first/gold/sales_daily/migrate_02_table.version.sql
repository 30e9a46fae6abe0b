-- model gold.sales_daily (models.pipe)
describe history main.gold.sales_daily limit 1
