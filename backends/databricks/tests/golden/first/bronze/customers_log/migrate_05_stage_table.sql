-- cdc bronze.* (shop.pipe)
create or replace table main.pipec.bronze__customers_log__stage (
  customer_id bigint,
  external_id string,
  full_name string,
  email string,
  country string,
  labels array<string>,
  preferences string,
  created_at timestamp,
  updated_at timestamp,
  _before struct<customer_id: bigint, external_id: string, full_name: string, email: string, country: string, labels: array<string>, preferences: string, created_at: timestamp, updated_at: timestamp>,
  _op string,
  _source_ts timestamp,
  _date date,
  _seq bigint,
  _ord bigint,
  _tie bigint,
  _file string,
  _line string,
  _size bigint,
  _modified timestamp,
  _problem string
)
using delta
comment 'The lines of the last files, decoded.'
tblproperties ('delta.enableDeletionVectors' = 'true')
