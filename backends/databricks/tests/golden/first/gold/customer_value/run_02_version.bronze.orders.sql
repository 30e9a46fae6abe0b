-- model gold.customer_value (models.pipe)
describe history main.bronze.orders__rows limit 1
