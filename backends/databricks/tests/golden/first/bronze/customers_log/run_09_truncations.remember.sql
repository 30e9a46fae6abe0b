-- cdc bronze.* (shop.pipe)
merge into main.pipec.bronze__customers_log__truncations as t
using (
  select _seq, _ord, min(_source_ts) as _source_ts, min(_file) as _file
  from main.pipec.bronze__customers_log__stage
  where _problem is null and _op = 't'
  group by _seq, _ord
) as s
on t._seq = s._seq and t._ord = s._ord
when not matched then insert (_seq, _ord, _source_ts, _file) values (
  s._seq,
  s._ord,
  s._source_ts,
  s._file
)
