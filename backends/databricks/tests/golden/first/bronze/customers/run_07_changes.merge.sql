-- cdc bronze.* (shop.pipe)
merge into main.bronze.customers__rows as t
using (
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
    _op = 'd' as _deleted,
    _source_ts,
    _seq,
    _ord,
    _tie
  from (
    select *
    from table_changes('main.bronze.customers_log', :first_version, :log_version)
    where _change_type in ('insert')
  ) as added
  qualify row_number() over (partition by customer_id order by _seq desc, _ord desc, _tie desc) = 1
) as s
on t.customer_id >= :first_key and t.customer_id <= :last_key and t.customer_id = s.customer_id
when matched and (
  s._seq > t._seq
  or (s._seq = t._seq and (s._ord > t._ord or (s._ord = t._ord and s._tie > t._tie)))
) then update set
  external_id = s.external_id,
  full_name = s.full_name,
  email = s.email,
  country = s.country,
  labels = s.labels,
  preferences = s.preferences,
  created_at = s.created_at,
  updated_at = s.updated_at,
  _deleted = s._deleted,
  _source_ts = s._source_ts,
  _seq = s._seq,
  _ord = s._ord,
  _tie = s._tie
when not matched then insert (
  customer_id,
  external_id,
  full_name,
  email,
  country,
  labels,
  preferences,
  created_at,
  updated_at,
  _deleted,
  _source_ts,
  _seq,
  _ord,
  _tie
) values (
  s.customer_id,
  s.external_id,
  s.full_name,
  s.email,
  s.country,
  s.labels,
  s.preferences,
  s.created_at,
  s.updated_at,
  s._deleted,
  s._source_ts,
  s._seq,
  s._ord,
  s._tie
)
