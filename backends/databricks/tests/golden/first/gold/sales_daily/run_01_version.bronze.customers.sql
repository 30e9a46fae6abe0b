-- model gold.sales_daily (models.pipe)
describe history main.bronze.customers__rows limit 1
