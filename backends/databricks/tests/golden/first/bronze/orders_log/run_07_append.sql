-- cdc bronze.orders (shop.pipe)
merge with schema evolution into main.bronze.orders_log as t
using (
  select
    order_id,
    customer_id,
    amount,
    discount,
    status,
    details,
    placed_at,
    updated_at,
    _before,
    _op,
    _source_ts,
    _date,
    _seq,
    _ord,
    _tie,
    _file
  from main.pipec.bronze__orders_log__stage
  where _problem is null and _op <> 't'
  qualify row_number() over (partition by order_id, _seq, _ord, _tie order by _file) = 1
) as s
on t._seq >= :first_position
  and t._seq <= :last_position
  and t.order_id = s.order_id
  and t._seq = s._seq
  and t._ord = s._ord
  and t._tie = s._tie
when not matched then insert *
