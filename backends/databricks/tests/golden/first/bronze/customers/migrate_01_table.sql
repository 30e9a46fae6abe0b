-- cdc bronze.* (shop.pipe)
create table if not exists main.bronze.customers__rows (
  customer_id bigint not null,
  external_id string,
  full_name string comment 'As written on parcels.',
  email string,
  country string,
  labels array<string>,
  preferences string,
  created_at timestamp comment 'Wall-clock time of the shop\'s server.',
  updated_at timestamp,
  _deleted boolean not null comment 'The source has no such row any more.',
  _source_ts timestamp not null comment 'When the source committed it.',
  _seq bigint not null comment 'Position of the event: the greatest is the last.',
  _ord bigint not null comment 'Position of the event: the greatest is the last.',
  _tie bigint not null comment 'Position of the event: the greatest is the last.'
)
using delta
cluster by (customer_id)
comment 'The rows of bronze.customers, deleted ones among them. Read the view.'
tblproperties (
  'delta.enableChangeDataFeed' = 'true',
  'delta.enableDeletionVectors' = 'true',
  'delta.enableRowTracking' = 'true',
  'delta.enableTypeWidening' = 'true',
  'delta.feature.timestampNtz' = 'supported'
)
