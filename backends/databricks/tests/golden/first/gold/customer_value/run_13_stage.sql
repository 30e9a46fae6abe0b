-- model gold.customer_value (models.pipe)
insert overwrite main.pipec.gold__customer_value__stage by name
select result.customer_id, result.country, result.orders, result.spent, result.last_order_at
from (
  select
    c.customer_id,
    c.country,
    count(o.order_id) as orders,
    sum(o.amount) as spent,
    max(o.placed_at) as last_order_at
  from main.bronze.customers as c
  left join main.silver.orders_valid as o on o.customer_id = c.customer_id
  group by c.customer_id, c.country
) as result
left semi join main.pipec.gold__customer_value__pending as pending
  on result.customer_id = pending.customer_id
where result.customer_id >= :first_key and result.customer_id <= :last_key
