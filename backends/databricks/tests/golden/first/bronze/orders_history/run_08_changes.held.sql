-- cdc bronze.orders (shop.pipe)
insert into main.pipec.ledger (node, input, `version`, fingerprint, run_id, recorded_at)
values (
    'bronze.orders_history',
    'bronze.orders_log',
    :log_version,
    '73082bbc1cc138a61908572ddcfb9547',
    :run_id,
    current_timestamp()
  )
