-- cdc bronze.orders (shop.pipe)
insert into main.pipec.ledger (node, input, `version`, fingerprint, run_id, recorded_at)
values (
    'bronze.orders',
    'bronze.orders_log',
    :log_version,
    'order_id:a8a76aa189150f37d5b208e9e9e90793',
    :run_id,
    current_timestamp()
  )
