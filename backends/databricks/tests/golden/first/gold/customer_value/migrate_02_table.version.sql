-- model gold.customer_value (models.pipe)
describe history main.gold.customer_value limit 1
