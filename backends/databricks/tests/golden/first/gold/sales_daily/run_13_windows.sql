-- model gold.sales_daily (models.pipe)
select min(grain) as window_start, max(grain) + interval 1 day as window_end
from main.pipec.gold__sales_daily__pending
group by (unix_seconds(grain) - unix_seconds(timestamp '2026-01-01')) div 604800
order by window_start
