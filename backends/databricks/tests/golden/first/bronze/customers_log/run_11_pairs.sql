-- cdc bronze.* (shop.pipe)
select count(*) as pairs
from (
  select customer_id
  from main.bronze.customers_log
  where _seq >= :first_commit and _op in ('c', 'd') and _tie < 9223372036854775000
  group by customer_id, _source_ts
  having min(struct(_seq, _ord, _tie)) filter (where _op = 'c') < max(
    struct(_seq, _ord, _tie)
  ) filter (where _op = 'd')
) as pairs
having count(*) > 0
