-- cdc bronze.* (shop.pipe)
create or replace view main.bronze.customers (
  customer_id,
  external_id,
  full_name comment 'As written on parcels.',
  email,
  country,
  labels,
  preferences,
  created_at comment 'Wall-clock time of the shop\'s server.',
  updated_at
)
comment 'People who have an account.'
as
select
  customer_id,
  external_id,
  full_name,
  email,
  country,
  labels,
  preferences,
  created_at,
  updated_at
from main.bronze.customers__rows
where not _deleted
