-- cdc bronze.* (shop.pipe)
insert into main.pipec.ledger (node, input, `version`, fingerprint, run_id, recorded_at)
values (
    'bronze.customers',
    'bronze.customers_log',
    :log_version,
    'customer_id:a4575ebcc3be6dd8c56ca04b825aec14',
    :run_id,
    current_timestamp()
  )
