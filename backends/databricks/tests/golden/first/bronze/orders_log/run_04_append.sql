-- cdc bronze.orders (shop.pipe)
merge into main.bronze.orders_log as t
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
when not matched then insert (
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
  _seq,
  _ord,
  _tie,
  _file
) values (
  s.order_id,
  s.customer_id,
  s.amount,
  s.discount,
  s.status,
  s.details,
  s.placed_at,
  s.updated_at,
  s._before,
  s._op,
  s._source_ts,
  s._seq,
  s._ord,
  s._tie,
  s._file
)
