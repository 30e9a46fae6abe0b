-- model gold.customer_value (models.pipe)
create table if not exists main.pipec.gold__customer_value__pending (
  customer_id bigint
)
using delta
comment 'Keys whose rows have to be built, again or for the first time.'
tblproperties (
  'delta.enableDeletionVectors' = 'true',
  'delta.enableTypeWidening' = 'true',
  'delta.feature.timestampNtz' = 'supported'
)
