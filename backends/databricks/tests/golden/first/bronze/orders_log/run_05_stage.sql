-- cdc bronze.orders (shop.pipe)
insert overwrite main.pipec.bronze__orders_log__stage by name
with landed as (
  select
    f.line,
    f.file,
    f.size,
    f.modified,
    from_json(
      f.line,
      'struct<before: struct<order_id: bigint, customer_id: bigint, amount: string, discount: string, status: string, details: string, placed_at: string, updated_at: string>, after: struct<order_id: bigint, customer_id: bigint, amount: string, discount: string, status: string, details: string, placed_at: string, updated_at: string>, source: struct<schema: string, `table`: string, lsn: bigint, sequence: string, ts_us: bigint>, op: string, _corrupt: string>',
      map('mode', 'PERMISSIVE', 'columnNameOfCorruptRecord', '_corrupt')
    ) as event
  from main.pipec.bronze__orders_log__lines as f
  left anti join main.pipec.bronze__orders_log__files as r
    on r.file = f.file and r.size = f.size and r.modified = f.modified
  where f.modified >= :since and not trim(f.line) in ('', 'null')
),
events as (
  select
    line,
    file,
    size,
    modified,
    event._corrupt as corrupt,
    event.op as op,
    event.before as before,
    event.after as after,
    (event.source).lsn as lsn,
    from_json((event.source).sequence, 'array<string>') as sequence,
    (event.source).ts_us as ts_us
  from landed
  where coalesce((event.source).schema = 'public' and (event.source).`table` = 'orders', true)
),
decoded as (
  select
    case when op = 'd' then before.order_id else after.order_id end as order_id,
    after.customer_id as customer_id,
    case
      when rlike(after.amount, '^[^.]*([.][0-9]{0,4}0*)?$')
        then try_cast(after.amount as decimal(18, 4))
    end as amount,
    case
      when rlike(after.discount, '^[^.]*([.][0-9]{0,4}0*)?$')
        then try_cast(after.discount as decimal(18, 4))
    end as discount,
    after.status as status,
    after.details as details,
    case
      when rlike(after.placed_at, '^[0-9]{4}-') and after.placed_at >= '0001'
        then try_cast(after.placed_at as timestamp)
    end as placed_at,
    case
      when rlike(after.updated_at, '^[0-9]{4}-') and after.updated_at >= '0001'
        then try_cast(after.updated_at as timestamp)
    end as updated_at,
    case
      when before is not null
        then named_struct(
          'order_id',
          before.order_id,
          'customer_id',
          before.customer_id,
          'amount',
          case
            when rlike(before.amount, '^[^.]*([.][0-9]{0,4}0*)?$')
              then try_cast(before.amount as decimal(18, 4))
          end,
          'discount',
          case
            when rlike(before.discount, '^[^.]*([.][0-9]{0,4}0*)?$')
              then try_cast(before.discount as decimal(18, 4))
          end,
          'status',
          before.status,
          'details',
          before.details,
          'placed_at',
          case
            when rlike(before.placed_at, '^[0-9]{4}-') and before.placed_at >= '0001'
              then try_cast(before.placed_at as timestamp)
          end,
          'updated_at',
          case
            when rlike(before.updated_at, '^[0-9]{4}-') and before.updated_at >= '0001'
              then try_cast(before.updated_at as timestamp)
          end
        )
    end as _before,
    op as _op,
    timestamp_micros(ts_us) as _source_ts,
    greatest(try_cast(get(sequence, 0) as bigint), lsn) as _seq,
    coalesce(lsn, case when op = 'r' then 0 end) as _ord,
    coalesce(try_cast(get(sequence, 0) as bigint), 0) as _commit,
    file as _file,
    line as _line,
    size as _size,
    modified as _modified,
    corrupt as _corrupt,
    after as _after
  from events
)
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
  date_from_unix_date(cast(unix_seconds(_source_ts) div 86400 as int)) as _date,
  _seq,
  _ord,
  xxhash64(_op, _source_ts) as _tie,
  _file,
  _commit,
  _line,
  _size,
  _modified,
  case
    when _corrupt is not null and _op is null then 'not the JSON of a change event'
    when _corrupt is not null then 'a value of another type than declared'
    when not coalesce(_op, '') in ('c', 'u', 'd', 'r', 't') then 'not an operation on rows'
    when not _op in ('d', 't') and _after is null then 'no row after the event'
    when _seq is null or _ord is null then 'no position in the source\'s log'
    when _source_ts is null then 'no time of the commit'
    when _op <> 't' and order_id is null then 'order_id: NULL'
    when not _op in ('d', 't') and customer_id is null then 'customer_id: NULL'
    when _after.amount is not null and amount is null
      then 'amount: a value that decimal(18,4) cannot hold'
    when not _op in ('d', 't') and amount is null then 'amount: NULL'
    when _after.discount is not null and discount is null
      then 'discount: a value that decimal(18,4) cannot hold'
    when _after.status = '__debezium_unavailable_value'
      then 'status: not sent, as it did not change; the table needs REPLICA IDENTITY FULL'
    when not _op in ('d', 't') and status is null then 'status: NULL'
    when _after.details = '__debezium_unavailable_value'
      then 'details: not sent, as it did not change; the table needs REPLICA IDENTITY FULL'
    when _after.placed_at is not null and placed_at is null
      then 'placed_at: a value that timestamp cannot hold'
    when not _op in ('d', 't') and placed_at is null then 'placed_at: NULL'
    when _after.updated_at is not null and updated_at is null
      then 'updated_at: a value that timestamp cannot hold'
    when not _op in ('d', 't') and updated_at is null then 'updated_at: NULL'
  end as _problem
from decoded
