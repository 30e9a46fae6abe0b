-- cdc bronze.orders (shop.pipe)
create table if not exists main.pipec.bronze__orders_log__rejected (
  line string not null,
  file string not null,
  problem string not null,
  run_id string not null,
  rejected_at timestamp not null
)
using delta
comment 'Lines that are not in the log, and why. The node is red while there are any.'
tblproperties ('delta.enableDeletionVectors' = 'true')
