-- cdc bronze.* (shop.pipe)
create table if not exists main.pipec.bronze__customers_log__files (
  file string not null,
  size bigint not null,
  modified timestamp not null,
  run_id string not null
)
using delta
comment 'Files whose lines are in the log.'
tblproperties ('delta.enableDeletionVectors' = 'true')
