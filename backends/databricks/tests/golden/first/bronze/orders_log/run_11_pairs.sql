-- cdc bronze.orders (shop.pipe)
select count(*) as pairs, min(order_id) as first_key, max(order_id) as last_key
from (
  select order_id
  from main.bronze.orders_log
  where _seq >= :first_commit and _op in ('c', 'd') and _tie < 9223372036854775000
  group by order_id, _source_ts
  having min(struct(_seq, _ord, _tie)) filter (where _op = 'c') < max(
    struct(_seq, _ord, _tie)
  ) filter (where _op = 'd')
) as pairs
having count(*) > 0
