-- cdc bronze.* (shop.pipe)
insert overwrite main.pipec.bronze__customers_log__stage by name
with landed as (
  select
    f.line,
    f.file,
    f.size,
    f.modified,
    from_json(
      f.line,
      'struct<before: struct<customer_id: bigint, external_id: string, full_name: string, email: string, country: string, labels: array<string>, preferences: string, created_at: bigint, updated_at: string>, after: struct<customer_id: bigint, external_id: string, full_name: string, email: string, country: string, labels: array<string>, preferences: string, created_at: bigint, updated_at: string>, source: struct<schema: string, `table`: string, lsn: bigint, sequence: string, ts_us: bigint>, op: string, _corrupt: string>',
      map('mode', 'PERMISSIVE', 'columnNameOfCorruptRecord', '_corrupt')
    ) as event
  from main.pipec.bronze__customers_log__lines as f
  left anti join main.pipec.bronze__customers_log__files as r
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
  where coalesce((event.source).schema = 'public' and (event.source).`table` = 'customers', true)
),
decoded as (
  select
    case when op = 'd' then before.customer_id else after.customer_id end as customer_id,
    after.external_id as external_id,
    after.full_name as full_name,
    after.email as email,
    after.country as country,
    after.labels as labels,
    after.preferences as preferences,
    case
      when after.created_at between -62135596800000000 and 253402300799999999
        then timestamp_micros(after.created_at)
    end as created_at,
    case
      when rlike(after.updated_at, '^[0-9]{4}-') and after.updated_at >= '0001'
        then try_cast(after.updated_at as timestamp)
    end as updated_at,
    case
      when before is not null
        then named_struct(
          'customer_id',
          before.customer_id,
          'external_id',
          before.external_id,
          'full_name',
          before.full_name,
          'email',
          before.email,
          'country',
          before.country,
          'labels',
          before.labels,
          'preferences',
          before.preferences,
          'created_at',
          case
            when before.created_at between -62135596800000000 and 253402300799999999
              then timestamp_micros(before.created_at)
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
    file as _file,
    line as _line,
    size as _size,
    modified as _modified,
    corrupt as _corrupt,
    after as _after
  from events
)
select
  customer_id,
  external_id,
  full_name,
  email,
  country,
  labels,
  preferences,
  created_at,
  updated_at,
  _before,
  _op,
  _source_ts,
  date_from_unix_date(cast(unix_seconds(_source_ts) div 86400 as int)) as _date,
  _seq,
  _ord,
  xxhash64(_op, _source_ts) as _tie,
  _file,
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
    when _op <> 't' and customer_id is null then 'customer_id: NULL'
    when _after.external_id = '__debezium_unavailable_value'
      then 'external_id: not sent, as it did not change; the table needs REPLICA IDENTITY FULL'
    when not _op in ('d', 't') and external_id is null then 'external_id: NULL'
    when _after.full_name = '__debezium_unavailable_value'
      then 'full_name: not sent, as it did not change; the table needs REPLICA IDENTITY FULL'
    when not _op in ('d', 't') and full_name is null then 'full_name: NULL'
    when _after.email = '__debezium_unavailable_value'
      then 'email: not sent, as it did not change; the table needs REPLICA IDENTITY FULL'
    when _after.country = '__debezium_unavailable_value'
      then 'country: not sent, as it did not change; the table needs REPLICA IDENTITY FULL'
    when not _op in ('d', 't') and country is null then 'country: NULL'
    when array_contains(_after.labels, '__debezium_unavailable_value')
      then 'labels: not sent, as it did not change; the table needs REPLICA IDENTITY FULL'
    when _after.preferences = '__debezium_unavailable_value'
      then 'preferences: not sent, as it did not change; the table needs REPLICA IDENTITY FULL'
    when _after.created_at is not null and created_at is null
      then 'created_at: a value that timestamp cannot hold'
    when not _op in ('d', 't') and created_at is null then 'created_at: NULL'
    when _after.updated_at is not null and updated_at is null
      then 'updated_at: a value that timestamp cannot hold'
    when not _op in ('d', 't') and updated_at is null then 'updated_at: NULL'
  end as _problem
from decoded
