-- model gold.country_ranking (models.pipe)
create table if not exists main.gold.country_ranking (
  country string,
  customers bigint,
  spent decimal(38, 4),
  place int
)
using delta
comment 'Countries by what their customers spent.'
tblproperties (
  'delta.enableChangeDataFeed' = 'true',
  'delta.enableDeletionVectors' = 'true',
  'delta.enableRowTracking' = 'true',
  'delta.enableTypeWidening' = 'true',
  'delta.feature.timestampNtz' = 'supported'
)
