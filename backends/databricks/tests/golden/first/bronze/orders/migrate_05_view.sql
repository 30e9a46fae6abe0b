-- cdc bronze.orders (shop.pipe)
create or replace view main.bronze.orders (
  order_id,
  customer_id,
  amount,
  discount,
  status,
  details,
  placed_at,
  updated_at
)
comment 'Orders as they are now, every state they were in, and every change event.'
as
select order_id, customer_id, amount, discount, status, details, placed_at, updated_at
from main.bronze.orders__rows
where not _deleted
