-- model gold.customer_value (models.pipe)
describe history main.bronze.customers__rows limit 1
