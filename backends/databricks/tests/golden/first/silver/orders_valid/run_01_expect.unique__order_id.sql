-- model silver.orders_valid (models.pipe)
select count(*) as failures
from (
  select order_id
  from main.silver.orders_valid
  where order_id is not null
  group by order_id
  having count(*) > 1
) as twice
