-- model gold.customer_value (models.pipe)
insert into main.pipec.ledger (node, input, `version`, fingerprint, run_id, recorded_at)
select 'widened', 'gold.customer_value', :version, '', '', current_timestamp()
from
  (
    select
      cast(null as bigint) as customer_id,
      cast(null as bigint) as orders,
      cast(null as decimal(28, 4)) as spent
  ) as declared,
  lateral (
    select array(typeof(customer_id), typeof(orders), typeof(spent)) as types
    from values (1) as one(pipec_one)
    left join main.gold.customer_value on false
  ) as found
where found.types <> array('bigint', 'bigint', 'decimal(28,4)')
