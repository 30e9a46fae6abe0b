-- cdc bronze.* (shop.pipe)
insert into main.pipec.ledger (node, input, `version`, fingerprint, run_id, recorded_at)
values (
    'bronze.customers',
    'bronze.customers_log',
    :log_version,
    '12108d6052d0b7aab2238bad2b913c96',
    :run_id,
    current_timestamp()
  )
