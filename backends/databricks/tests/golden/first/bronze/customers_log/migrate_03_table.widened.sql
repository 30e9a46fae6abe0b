-- cdc bronze.* (shop.pipe)
insert into main.pipec.ledger (node, input, `version`, fingerprint, run_id, recorded_at)
select 'widened', 'bronze.customers_log', :version, '', '', current_timestamp()
from
  (
    select
      cast(null as bigint) as customer_id,
      cast(null as array<string>) as labels,
      cast(null as bigint) as _seq,
      cast(null as bigint) as _ord,
      cast(null as bigint) as _tie
  ) as declared,
  lateral (
    select
      array(typeof(customer_id), typeof(labels), typeof(_seq), typeof(_ord), typeof(_tie)) as types
    from values (1) as one(pipec_one)
    left join main.bronze.customers_log on false
  ) as found
where found.types <> array('bigint', 'array<string>', 'bigint', 'bigint', 'bigint')
