-- model gold.country_ranking (models.pipe)
describe history main.gold.customer_value limit 1
