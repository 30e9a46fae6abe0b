-- model gold.sales_daily (models.pipe)
select count(*) as failures
from main.pipec.gold__sales_daily__stage as sales_daily
where not (revenue >= 0)
