-- model gold.customer_value (models.pipe)
create table if not exists main.pipec.gold__customer_value__stage (
  customer_id bigint,
  country string,
  orders bigint,
  spent decimal(28, 4),
  last_order_at timestamp
)
using delta
comment 'The rows that are being built.'
tblproperties (
  'delta.enableDeletionVectors' = 'true',
  'delta.enableTypeWidening' = 'true',
  'delta.feature.timestampNtz' = 'supported'
)
