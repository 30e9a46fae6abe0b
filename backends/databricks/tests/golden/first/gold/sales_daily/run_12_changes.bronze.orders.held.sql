-- model gold.sales_daily (models.pipe)
insert into main.pipec.ledger (node, input, `version`, fingerprint, run_id, recorded_at)
values (
    'gold.sales_daily',
    'bronze.orders',
    :bronze_orders_version,
    'sales_day:e1ab03b98602c5f99b74e3064d351205',
    :run_id,
    current_timestamp()
  )
