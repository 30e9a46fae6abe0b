-- cdc bronze.orders (shop.pipe)
merge into main.bronze.orders_log as t
using (
  select distinct *
  from (
    select w.order_id, t._seq, t._ord, t._source_ts, t._file
    from (
      select order_id, _seq, _ord
      from main.bronze.orders_log
      where _op <> 'd' and _seq >= :since
      union all
      select order_id, _seq, _ord
      from main.bronze.orders__rows
      where not _deleted and _seq >= :since
    ) as w
    join (
      select *
      from main.pipec.bronze__orders_log__truncations
      where _seq >= :since
    ) as t
      on t._seq > w._seq or (t._seq = w._seq and t._ord > w._ord)
    qualify row_number() over (partition by w.order_id, w._seq, w._ord order by t._seq, t._ord) = 1
  ) as each
) as s
on t._seq >= :since and t._seq = s._seq and t._ord = s._ord and t.order_id = s.order_id
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
  _date,
  _seq,
  _ord,
  _tie,
  _file
) values (
  s.order_id,
  null,
  null,
  null,
  null,
  null,
  null,
  null,
  null,
  'd',
  s._source_ts,
  date_from_unix_date(cast(unix_seconds(s._source_ts) div 86400 as int)),
  s._seq,
  s._ord,
  0,
  s._file
)
