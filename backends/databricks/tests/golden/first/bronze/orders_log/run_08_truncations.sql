-- cdc bronze.orders (shop.pipe)
select coalesce(max(_seq) filter (where _seq < :first_position), -1) as since
from (
  select _seq
  from main.pipec.bronze__orders_log__truncations
  union all
  select _seq
  from main.pipec.bronze__orders_log__stage
  where _problem is null and _op = 't'
) as truncations
having count(*) filter (where _seq >= :first_position) > 0
