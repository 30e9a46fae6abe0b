-- cdc bronze.orders (shop.pipe)
create or replace view main.bronze.orders_history (
  order_id,
  customer_id,
  amount,
  discount,
  status,
  details,
  placed_at,
  updated_at,
  valid_from comment 'Since when the version is true.',
  valid_to comment 'Until when it was true, exclusive.',
  is_current comment 'The version is true now.',
  is_deleted comment 'The version ended because the row was deleted.'
)
comment 'Orders as they are now, every state they were in, and every change event.'
as
with moved as (
  select
    order_id,
    customer_id,
    amount,
    discount,
    status,
    details,
    placed_at,
    updated_at,
    _deleted,
    _seq,
    _ord,
    _tie,
    max(_source_ts) over (
      partition by order_id
      order by _seq, _ord, _tie
      rows between unbounded preceding and current row
    ) as _from
  from main.bronze.orders_history__rows
),
instants as (
  select *
  from moved
  qualify row_number() over (
    partition by order_id, _from
    order by _seq desc, _ord desc, _tie desc
  ) = 1
),
changed as (
  select *
  from instants
  qualify struct(
    _deleted,
    customer_id,
    amount,
    discount,
    status,
    details,
    placed_at,
    updated_at
  ) is distinct from lag(
    struct(_deleted, customer_id, amount, discount, status, details, placed_at, updated_at)
  ) over (partition by order_id order by _from)
),
closed as (
  select
    *,
    lead(_from) over (partition by order_id order by _from) as _to,
    lead(_deleted) over (partition by order_id order by _from) as _gone
  from changed
)
select
  order_id,
  customer_id,
  amount,
  discount,
  status,
  details,
  placed_at,
  updated_at,
  _from as valid_from,
  _to as valid_to,
  _to is null as is_current,
  coalesce(_gone, false) as is_deleted
from closed
where not _deleted
