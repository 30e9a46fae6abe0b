-- model gold.sales_daily (models.pipe)
insert into main.gold.sales_daily by name
replace where sales_day >= :window_start and sales_day < :window_end
select sales_day, country, orders, revenue, discount_share
from main.pipec.gold__sales_daily__stage
