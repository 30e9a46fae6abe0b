-- model gold.customer_value (models.pipe)
merge into main.gold.customer_value as t
using (
  select
    p.customer_id,
    b.country,
    b.orders,
    b.spent,
    b.last_order_at,
    b.customer_id is not null as pipec_present
  from (
    select distinct customer_id
    from main.pipec.gold__customer_value__pending
  ) as p
  left join main.pipec.gold__customer_value__stage as b on p.customer_id = b.customer_id
) as s
on t.customer_id >= :first_key and t.customer_id <= :last_key and t.customer_id = s.customer_id
when matched and not s.pipec_present then delete
when matched and (
  t.country is distinct from s.country
  or t.orders is distinct from s.orders
  or t.spent is distinct from s.spent
  or t.last_order_at is distinct from s.last_order_at
) then update set
  country = s.country,
  orders = s.orders,
  spent = s.spent,
  last_order_at = s.last_order_at
when not matched and s.pipec_present then insert (
  customer_id,
  country,
  orders,
  spent,
  last_order_at
) values (s.customer_id, s.country, s.orders, s.spent, s.last_order_at)
