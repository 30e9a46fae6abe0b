-- cdc bronze.orders (shop.pipe)
insert into main.pipec.ledger (node, input, `version`, fingerprint, run_id, recorded_at)
values (
    'bronze.orders_history',
    'bronze.orders_log',
    :log_version,
    'order_id:c5523554e08525cb7d969c6762f6d221',
    :run_id,
    current_timestamp()
  )
