-- cdc bronze.orders (shop.pipe)
insert into main.pipec.ledger (node, input, `version`, fingerprint, run_id, recorded_at)
select 'widened', 'bronze.orders_log', :version, '', '', current_timestamp()
from
  (
    select
      cast(null as bigint) as order_id,
      cast(null as bigint) as customer_id,
      cast(null as decimal(18, 4)) as amount,
      cast(null as decimal(18, 4)) as discount,
      cast(null as bigint) as _seq,
      cast(null as bigint) as _ord,
      cast(null as bigint) as _tie
  ) as declared,
  lateral (
    select
      array(
        typeof(order_id),
        typeof(customer_id),
        typeof(amount),
        typeof(discount),
        typeof(_seq),
        typeof(_ord),
        typeof(_tie)
      ) as types
    from values (1) as one(pipec_one)
    left join main.bronze.orders_log on false
  ) as found
where found.types <> array(
  'bigint',
  'bigint',
  'decimal(18,4)',
  'decimal(18,4)',
  'bigint',
  'bigint',
  'bigint'
)
