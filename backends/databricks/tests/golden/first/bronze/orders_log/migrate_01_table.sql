-- cdc bronze.orders (shop.pipe)
create table if not exists main.bronze.orders_log (
  order_id bigint not null,
  customer_id bigint,
  amount decimal(18, 4),
  discount decimal(18, 4),
  status string,
  details string,
  placed_at timestamp,
  updated_at timestamp,
  _before struct<order_id: bigint, customer_id: bigint, amount: decimal(18, 4), discount: decimal(18, 4), status: string, details: string, placed_at: timestamp, updated_at: timestamp> comment 'The row before the event, as the connector sent it: unless the source\'s replica identity is full, only the key in it is true.',
  _op string not null comment 'c: inserted, u: updated, d: deleted, r: there, as a snapshot has read it or a transaction left it.',
  _source_ts timestamp not null comment 'When the source committed it.',
  _date date not null comment 'The day of that in UTC, by which the log is partitioned.',
  _seq bigint not null comment 'Position in the source\'s log: first part.',
  _ord bigint not null comment 'Position in the source\'s log: second part.',
  _tie bigint not null comment 'Hash of the event: decides between equal positions.',
  _file string not null comment 'The landed file that it came in.'
)
using delta
partitioned by (_date)
comment 'Every change event of shop.public.orders. Orders as they are now, every state they were in, and every change event.'
tblproperties (
  'delta.enableChangeDataFeed' = 'true',
  'delta.enableDeletionVectors' = 'true',
  'delta.enableRowTracking' = 'true',
  'delta.enableTypeWidening' = 'true',
  'delta.feature.timestampNtz' = 'supported'
)
