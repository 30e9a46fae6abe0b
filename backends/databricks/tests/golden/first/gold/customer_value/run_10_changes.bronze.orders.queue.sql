-- model gold.customer_value (models.pipe)
insert into main.pipec.gold__customer_value__pending by name
select *
from (
  select distinct changed.customer_id as customer_id
  from (
    select order_id, customer_id, amount, status, placed_at
    from table_changes('main.bronze.orders__rows', :first_version, :bronze_orders_version)
    where not _deleted
    group by _commit_version, order_id, customer_id, amount, status, placed_at
    having sum(case when _change_type in ('insert', 'update_postimage') then 1 else -1 end) <> 0
  ) as changed
  where changed.status <> 'cancelled'
) as touched
where customer_id is not null
