-- cdc bronze.orders (shop.pipe)
select min(order_id) as first_key, max(order_id) as last_key
from (
  select *
  from table_changes('main.bronze.orders_log', :first_version, :log_version)
  where _change_type in ('insert')
) as added
