-- cdc bronze.orders (shop.pipe)
insert into main.pipec.ledger (node, input, `version`, fingerprint, run_id, recorded_at)
values (
    'bronze.orders',
    'bronze.orders_log',
    :log_version,
    '23eb86780bd5428935fe9dce76ac3727',
    :run_id,
    current_timestamp()
  )
