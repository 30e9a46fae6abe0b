-- model gold.country_ranking (models.pipe)
insert into main.pipec.ledger (node, input, `version`, fingerprint, run_id, recorded_at)
values (
    'gold.country_ranking',
    'gold.customer_value',
    :gold_customer_value_version,
    'da1eb17ef16b322210f1227a15146b60',
    :run_id,
    current_timestamp()
  )
