-- cdc bronze.* (shop.pipe)
select min(customer_id) as first_key, max(customer_id) as last_key
from (
  select *
  from table_changes('main.bronze.customers_log', :first_version, :log_version)
  where _change_type in ('insert')
) as added
