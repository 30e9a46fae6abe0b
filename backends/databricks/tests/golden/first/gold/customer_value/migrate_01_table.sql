-- model gold.customer_value (models.pipe)
create table if not exists main.gold.customer_value (
  customer_id bigint not null,
  country string,
  orders bigint,
  spent decimal(28, 4) comment 'Sum of all valid orders, in the shop\'s currency.',
  last_order_at timestamp
)
using delta
cluster by (customer_id)
comment 'Each customer with what they spent so far.'
tblproperties (
  'delta.enableChangeDataFeed' = 'true',
  'delta.enableDeletionVectors' = 'true',
  'delta.enableRowTracking' = 'true',
  'delta.enableTypeWidening' = 'true',
  'delta.feature.timestampNtz' = 'supported'
)
