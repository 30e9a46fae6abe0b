-- model gold.sales_daily (models.pipe)
insert into main.pipec.ledger (node, input, `version`, fingerprint, run_id, recorded_at)
select 'widened', 'gold.sales_daily', :version, '', '', current_timestamp()
from
  (
    select
      cast(null as bigint) as orders,
      cast(null as decimal(28, 4)) as revenue,
      cast(null as double) as discount_share
  ) as declared,
  lateral (
    select array(typeof(orders), typeof(revenue), typeof(discount_share)) as types
    from values (1) as one(pipec_one)
    left join main.gold.sales_daily on false
  ) as found
where found.types <> array('bigint', 'decimal(28,4)', 'double')
