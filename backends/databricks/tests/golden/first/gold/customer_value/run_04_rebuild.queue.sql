-- model gold.customer_value (models.pipe)
insert overwrite main.pipec.gold__customer_value__pending by name
select distinct customer_id
from (
  select result.customer_id
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
  union all
  select customer_id
  from main.gold.customer_value
) as keys
