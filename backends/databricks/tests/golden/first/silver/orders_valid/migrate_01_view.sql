-- model silver.orders_valid (models.pipe)
create or replace view main.silver.orders_valid (
  order_id,
  customer_id,
  amount,
  discount,
  status,
  placed_at,
  updated_at
)
comment 'Orders that count: neither cancelled nor a test.'
as
-- A cancelled order keeps its row in the shop, so it is left out here.
select
  o.order_id,
  o.customer_id,
  o.amount,
  coalesce(o.discount, cast(0 as decimal(18, 4))) as discount,
  o.status,
  o.placed_at,
  o.updated_at
from main.bronze.orders as o
where o.status <> 'cancelled'
