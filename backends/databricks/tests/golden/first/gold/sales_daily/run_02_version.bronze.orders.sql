-- model gold.sales_daily (models.pipe)
describe history main.bronze.orders__rows limit 1
