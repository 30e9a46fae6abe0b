-- model gold.sales_daily (models.pipe)
insert into main.pipec.gold__sales_daily__pending by name
select grain
from (
  select
    explode(
      sequence(
        cast(:backfill_start as timestamp),
        cast(:backfill_end as timestamp) - interval 1 day,
        interval 1 day
      )
    ) as grain
) as asked
where grain >= timestamp '2026-01-01'
