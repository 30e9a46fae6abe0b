-- cdc bronze.orders (shop.pipe)
merge into main.bronze.orders_history__rows as t
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
  from (
    select *
    from table_changes('main.bronze.orders_log', :first_version, :log_version)
    where _change_type in ('insert')
  ) as added
  qualify row_number() over (
    partition by order_id, _seq, _ord, _tie
    order by _seq desc, _ord desc, _tie desc
  ) = 1
) as s
on t.order_id >= :first_key
  and t.order_id <= :last_key
  and t._seq >= :first_position
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
