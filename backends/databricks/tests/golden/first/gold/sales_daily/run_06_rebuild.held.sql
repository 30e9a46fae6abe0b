-- model gold.sales_daily (models.pipe)
insert into main.pipec.ledger (node, input, `version`, fingerprint, run_id, recorded_at)
values (
    'gold.sales_daily',
    'bronze.customers',
    :bronze_customers_version,
    'b26e125513cccf1b7736a5274bb19818',
    :run_id,
    current_timestamp()
  ),
  (
    'gold.sales_daily',
    'bronze.orders',
    :bronze_orders_version,
    'b26e125513cccf1b7736a5274bb19818',
    :run_id,
    current_timestamp()
  )
