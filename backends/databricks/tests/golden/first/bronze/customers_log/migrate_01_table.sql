-- cdc bronze.* (shop.pipe)
create table if not exists main.bronze.customers_log (
  customer_id bigint not null,
  external_id string,
  full_name string comment 'As written on parcels.',
  email string,
  country string,
  labels array<string>,
  preferences string,
  created_at timestamp comment 'Wall-clock time of the shop\'s server.',
  updated_at timestamp,
  _before struct<customer_id: bigint, external_id: string, full_name: string, email: string, country: string, labels: array<string>, preferences: string, created_at: timestamp, updated_at: timestamp> comment 'The row before the event, as the connector sent it: unless the source\'s replica identity is full, only the key in it is true.',
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
comment 'Every change event of shop.public.customers. People who have an account.'
tblproperties (
  'delta.enableChangeDataFeed' = 'true',
  'delta.enableDeletionVectors' = 'true',
  'delta.enableRowTracking' = 'true',
  'delta.enableTypeWidening' = 'true',
  'delta.feature.timestampNtz' = 'supported'
)
