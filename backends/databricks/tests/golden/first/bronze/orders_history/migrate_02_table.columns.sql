-- cdc bronze.orders (shop.pipe)
merge with schema evolution into main.bronze.orders_history__rows
using (
  select declared.*
  from (
  select
    cast(null as bigint) as order_id,
    cast(null as bigint) as customer_id,
    cast(null as decimal(18, 4)) as amount,
    cast(null as decimal(18, 4)) as discount,
    cast(null as string) as status,
    cast(null as string) as details,
    cast(null as timestamp) as placed_at,
    cast(null as timestamp) as updated_at,
    cast(null as boolean) as _deleted,
    cast(null as timestamp) as _source_ts,
    cast(null as bigint) as _seq,
    cast(null as bigint) as _ord,
    cast(null as bigint) as _tie
) as declared, lateral (
  select
    case
      when not typeof(order_id) in ('bigint', 'int', 'smallint', 'tinyint')
        then concat('column order_id is ', typeof(order_id), ', which cannot become bigint')
      when not typeof(customer_id) in ('bigint', 'int', 'smallint', 'tinyint')
        then concat('column customer_id is ', typeof(customer_id), ', which cannot become bigint')
      when not coalesce(
        try_cast(regexp_extract(typeof(amount), '^decimal[(]([0-9]+),([0-9]+)[)]$', 2) as int) <= 4
          and try_cast(regexp_extract(typeof(amount), '^decimal[(]([0-9]+),([0-9]+)[)]$', 1) as int)
            - try_cast(
              regexp_extract(typeof(amount), '^decimal[(]([0-9]+),([0-9]+)[)]$', 2) as int
            ) <= 14,
        false
      )
        then concat('column amount is ', typeof(amount), ', which cannot become decimal(18,4)')
      when not coalesce(
        try_cast(
            regexp_extract(typeof(discount), '^decimal[(]([0-9]+),([0-9]+)[)]$', 2) as int
          ) <= 4
          and try_cast(
              regexp_extract(typeof(discount), '^decimal[(]([0-9]+),([0-9]+)[)]$', 1) as int
            )
            - try_cast(
              regexp_extract(typeof(discount), '^decimal[(]([0-9]+),([0-9]+)[)]$', 2) as int
            ) <= 14,
        false
      )
        then concat('column discount is ', typeof(discount), ', which cannot become decimal(18,4)')
      when not typeof(status) in ('string')
        then concat('column status is ', typeof(status), ', which cannot become string')
      when not typeof(details) in ('string')
        then concat('column details is ', typeof(details), ', which cannot become string')
      when not typeof(placed_at) in ('timestamp')
        then concat('column placed_at is ', typeof(placed_at), ', which cannot become timestamp')
      when not typeof(updated_at) in ('timestamp')
        then concat('column updated_at is ', typeof(updated_at), ', which cannot become timestamp')
      when not typeof(_deleted) in ('boolean')
        then concat('column _deleted is ', typeof(_deleted), ', which cannot become boolean')
      when not typeof(_source_ts) in ('timestamp')
        then concat('column _source_ts is ', typeof(_source_ts), ', which cannot become timestamp')
      when not typeof(_seq) in ('bigint', 'int', 'smallint', 'tinyint')
        then concat('column _seq is ', typeof(_seq), ', which cannot become bigint')
      when not typeof(_ord) in ('bigint', 'int', 'smallint', 'tinyint')
        then concat('column _ord is ', typeof(_ord), ', which cannot become bigint')
      when not typeof(_tie) in ('bigint', 'int', 'smallint', 'tinyint')
        then concat('column _tie is ', typeof(_tie), ', which cannot become bigint')
    end as problem
  from values (1) as one(pipec_one)
  left join main.bronze.orders_history__rows on false
) as found
  where case
  when found.problem is not null
    then raise_error(
      concat(
        'main.bronze.orders_history__rows: ',
        found.problem,
        '; declare the type that it has, or give the new column another name'
      )
    )
  when rlike(
    (
      select max_by(fingerprint, recorded_at)
      from main.pipec.ledger
      where node = 'bronze.orders_history'
    ),
    '^(?!9ce57f8e:)[^:]*:'
  )
    then raise_error(
      concat(
        'main.bronze.orders_history__rows: ',
        'its rows are told apart by other columns than are declared',
        '; drop it, and delete the rows of node bronze.orders_history from the ledger'
      )
    )
  else false
end
)
on false
when not matched then insert *
