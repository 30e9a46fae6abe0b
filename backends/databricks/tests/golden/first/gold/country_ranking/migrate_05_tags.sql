-- model gold.country_ranking (models.pipe)
alter table main.gold.country_ranking set tags ('finance' = '')
