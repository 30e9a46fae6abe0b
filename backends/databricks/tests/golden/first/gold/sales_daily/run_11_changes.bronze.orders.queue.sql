-- model gold.sales_daily (models.pipe)
insert into main.pipec.gold__sales_daily__pending by name
select *
from (
  select distinct date_trunc('DAY', changed.placed_at) as grain
  from (
    select customer_id, amount, discount, status, placed_at
    from table_changes('main.bronze.orders__rows', :first_version, :bronze_orders_version)
    where not _deleted
    group by _commit_version, customer_id, amount, discount, status, placed_at
    having sum(case when _change_type in ('insert', 'update_postimage') then 1 else -1 end) <> 0
  ) as changed
  where changed.status <> 'cancelled'
) as touched
where grain >= timestamp '2026-01-01'
