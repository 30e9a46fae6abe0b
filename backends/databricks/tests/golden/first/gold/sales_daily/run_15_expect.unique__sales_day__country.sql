-- model gold.sales_daily (models.pipe)
select count(*) as failures
from (
  select sales_day, country
  from main.pipec.gold__sales_daily__stage
  where sales_day is not null and country is not null
  group by sales_day, country
  having count(*) > 1
) as twice
