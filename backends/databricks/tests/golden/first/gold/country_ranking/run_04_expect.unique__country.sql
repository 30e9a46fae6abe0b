-- model gold.country_ranking (models.pipe)
select count(*) as failures
from (
  select country
  from main.pipec.gold__country_ranking__stage
  where country is not null
  group by country
  having count(*) > 1
) as twice
