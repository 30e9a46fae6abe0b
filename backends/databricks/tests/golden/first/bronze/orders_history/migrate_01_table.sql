-- cdc bronze.orders (shop.pipe)
create table if not exists main.bronze.orders_history__rows (
  order_id bigint not null,
  customer_id bigint,
  amount decimal(18, 4),
  discount decimal(18, 4),
  status string,
  details string,
  placed_at timestamp,
  updated_at timestamp,
  _deleted boolean not null comment 'The source has no such row any more.',
  _source_ts timestamp not null comment 'When the source committed it.',
  _seq bigint not null comment 'Position of the event: the greatest is the last.',
  _ord bigint not null comment 'Position of the event: the greatest is the last.',
  _tie bigint not null comment 'Position of the event: the greatest is the last.'
)
using delta
cluster by (order_id)
comment 'Every state of the rows of bronze.orders, one row an event. Read the view.'
tblproperties (
  'delta.enableChangeDataFeed' = 'true',
  'delta.enableDeletionVectors' = 'true',
  'delta.enableRowTracking' = 'true',
  'delta.enableTypeWidening' = 'true',
  'delta.feature.timestampNtz' = 'supported'
)
