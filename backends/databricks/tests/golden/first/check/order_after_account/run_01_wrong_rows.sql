-- check order_after_account (models.pipe)
select count(*) as failures
from (
  select o.order_id
  from main.silver.orders_valid as o
  join main.bronze.customers as c on c.customer_id = o.customer_id
  where o.placed_at < c.created_at
) as wrong
