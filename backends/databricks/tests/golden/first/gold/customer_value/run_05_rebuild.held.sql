-- model gold.customer_value (models.pipe)
insert into main.pipec.ledger (node, input, `version`, fingerprint, run_id, recorded_at)
values (
    'gold.customer_value',
    'bronze.customers',
    :bronze_customers_version,
    '619eb21dd31463b1bc6c0e9d5f899a80',
    :run_id,
    current_timestamp()
  ),
  (
    'gold.customer_value',
    'bronze.orders',
    :bronze_orders_version,
    '619eb21dd31463b1bc6c0e9d5f899a80',
    :run_id,
    current_timestamp()
  )
