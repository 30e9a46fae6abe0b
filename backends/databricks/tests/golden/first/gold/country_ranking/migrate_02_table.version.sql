-- model gold.country_ranking (models.pipe)
describe history main.gold.country_ranking limit 1
