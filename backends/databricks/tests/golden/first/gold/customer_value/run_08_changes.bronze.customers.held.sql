-- model gold.customer_value (models.pipe)
insert into main.pipec.ledger (node, input, `version`, fingerprint, run_id, recorded_at)
values (
    'gold.customer_value',
    'bronze.customers',
    :bronze_customers_version,
    'customer_id:14054cab0451a7b939e31f4e01c859a7',
    :run_id,
    current_timestamp()
  )
