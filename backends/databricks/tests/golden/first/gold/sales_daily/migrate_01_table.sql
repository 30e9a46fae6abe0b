-- model gold.sales_daily (models.pipe)
create table if not exists main.gold.sales_daily (
  sales_day timestamp comment 'Midnight UTC that the day begins with.',
  country string,
  orders bigint,
  revenue decimal(28, 4),
  discount_share double
)
using delta
cluster by (sales_day)
comment 'What was sold each day in each country.'
tblproperties (
  'delta.enableChangeDataFeed' = 'true',
  'delta.enableDeletionVectors' = 'true',
  'delta.enableRowTracking' = 'true',
  'delta.enableTypeWidening' = 'true',
  'delta.feature.timestampNtz' = 'supported'
)
