-- model gold.country_ranking (models.pipe)
create table if not exists main.pipec.gold__country_ranking__stage (
  country string,
  customers bigint,
  spent decimal(38, 4),
  place int
)
using delta
comment 'The next state, while it is checked.'
tblproperties (
  'delta.enableDeletionVectors' = 'true',
  'delta.enableTypeWidening' = 'true',
  'delta.feature.timestampNtz' = 'supported'
)
