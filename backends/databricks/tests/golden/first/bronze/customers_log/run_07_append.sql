-- cdc bronze.* (shop.pipe)
merge with schema evolution into main.bronze.customers_log as t
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
    _before,
    _op,
    _source_ts,
    _date,
    _seq,
    _ord,
    _tie,
    _file
  from main.pipec.bronze__customers_log__stage
  where _problem is null and _op <> 't'
  qualify row_number() over (partition by customer_id, _seq, _ord, _tie order by _file) = 1
) as s
on t._seq >= :first_position
  and t._seq <= :last_position
  and t.customer_id = s.customer_id
  and t._seq = s._seq
  and t._ord = s._ord
  and t._tie = s._tie
when not matched then insert *
