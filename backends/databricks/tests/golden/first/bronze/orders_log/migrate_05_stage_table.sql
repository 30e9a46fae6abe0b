-- cdc bronze.orders (shop.pipe)
create or replace table main.pipec.bronze__orders_log__stage (
  order_id bigint,
  customer_id bigint,
  amount decimal(18, 4),
  discount decimal(18, 4),
  status string,
  details string,
  placed_at timestamp,
  updated_at timestamp,
  _before struct<order_id: bigint, customer_id: bigint, amount: decimal(18, 4), discount: decimal(18, 4), status: string, details: string, placed_at: timestamp, updated_at: timestamp>,
  _op string,
  _source_ts timestamp,
  _date date,
  _seq bigint,
  _ord bigint,
  _tie bigint,
  _file string,
  _commit bigint,
  _line string,
  _size bigint,
  _modified timestamp,
  _problem string
)
using delta
comment 'The lines of the last files, decoded.'
tblproperties ('delta.enableDeletionVectors' = 'true')
