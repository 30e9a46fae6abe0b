-- model gold.country_ranking (models.pipe)
insert overwrite main.gold.country_ranking by name
select country, customers, spent, place
from main.pipec.gold__country_ranking__stage
