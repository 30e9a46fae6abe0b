-- cdc bronze.orders (shop.pipe)
merge into main.bronze.orders__rows as t
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
    _op = 'd' as _deleted,
    _source_ts,
    _seq,
    _ord,
    _tie
  from main.bronze.orders_log
  qualify row_number() over (partition by order_id order by _seq desc, _ord desc, _tie desc) = 1
) as s
on t.order_id = s.order_id
when matched and not (
  t._seq > s._seq
  or (t._seq = s._seq and (t._ord > s._ord or (t._ord = s._ord and t._tie > s._tie)))
) then update set
  customer_id = s.customer_id,
  amount = s.amount,
  discount = s.discount,
  status = s.status,
  details = s.details,
  placed_at = s.placed_at,
  updated_at = s.updated_at,
  _deleted = s._deleted,
  _source_ts = s._source_ts,
  _seq = s._seq,
  _ord = s._ord,
  _tie = s._tie
when not matched then insert (
  order_id,
  customer_id,
  amount,
  discount,
  status,
  details,
  placed_at,
  updated_at,
  _deleted,
  _source_ts,
  _seq,
  _ord,
  _tie
) values (
  s.order_id,
  s.customer_id,
  s.amount,
  s.discount,
  s.status,
  s.details,
  s.placed_at,
  s.updated_at,
  s._deleted,
  s._source_ts,
  s._seq,
  s._ord,
  s._tie
)
