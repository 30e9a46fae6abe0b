-- model gold.sales_daily (models.pipe)
insert into main.pipec.gold__sales_daily__pending by name
select *
from (
  select distinct date_trunc('DAY', other_1.placed_at) as grain
  from (
    select customer_id, country
    from table_changes('main.bronze.customers__rows', :first_version, :bronze_customers_version)
    where not _deleted
    group by _commit_version, customer_id, country
    having sum(case when _change_type in ('insert', 'update_postimage') then 1 else -1 end) <> 0
  ) as changed
  join main.bronze.orders as other_1 on other_1.customer_id = changed.customer_id
  where other_1.status <> 'cancelled'
) as touched
where grain >= timestamp '2026-01-01'
