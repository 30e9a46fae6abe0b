-- model gold.sales_daily (models.pipe)
create table if not exists main.pipec.gold__sales_daily__stage (
  sales_day timestamp,
  country string,
  orders bigint,
  revenue decimal(28, 4),
  discount_share double
)
using delta
comment 'The window that is being built.'
tblproperties (
  'delta.enableDeletionVectors' = 'true',
  'delta.enableTypeWidening' = 'true',
  'delta.feature.timestampNtz' = 'supported'
)
