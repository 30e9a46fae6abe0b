-- cdc bronze.orders (shop.pipe)
merge into main.pipec.bronze__orders_log__rejected as t
using (
  select _line as line, min(_file) as file, min(_problem) as problem
  from main.pipec.bronze__orders_log__stage
  where _problem is not null
  group by _line
) as s
on t.line = s.line
when not matched then insert (line, file, problem, run_id, rejected_at) values (
  s.line,
  s.file,
  s.problem,
  :run_id,
  current_timestamp()
)
