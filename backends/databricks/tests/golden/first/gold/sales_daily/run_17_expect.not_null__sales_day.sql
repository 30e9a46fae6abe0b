-- model gold.sales_daily (models.pipe)
select count(*) as failures
from main.pipec.gold__sales_daily__stage
where sales_day is null
