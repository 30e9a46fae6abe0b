-- model gold.country_ranking (models.pipe)
insert into main.pipec.ledger (node, input, `version`, fingerprint, run_id, recorded_at)
values (
    'gold.country_ranking',
    'gold.customer_value',
    :gold_customer_value_version,
    'bb2d62a9066fc8166b65f4100554dd6a',
    :run_id,
    current_timestamp()
  )
