-- cdc bronze.orders (shop.pipe)
create table if not exists main.pipec.bronze__orders_log__truncations (
  _seq bigint not null,
  _ord bigint not null,
  _source_ts timestamp not null,
  _file string not null
)
using delta
comment 'When the source\'s table was emptied: an event from before that lands later is followed by a delete.'
tblproperties ('delta.enableDeletionVectors' = 'true')
