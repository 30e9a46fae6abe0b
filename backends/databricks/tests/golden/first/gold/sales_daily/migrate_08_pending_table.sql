-- model gold.sales_daily (models.pipe)
create table if not exists main.pipec.gold__sales_daily__pending (
  grain timestamp
)
using delta
comment 'Grains that have to be built, again or for the first time.'
tblproperties (
  'delta.enableDeletionVectors' = 'true',
  'delta.enableTypeWidening' = 'true',
  'delta.feature.timestampNtz' = 'supported'
)
