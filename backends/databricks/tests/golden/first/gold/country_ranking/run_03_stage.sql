-- model gold.country_ranking (models.pipe)
insert overwrite main.pipec.gold__country_ranking__stage by name
select result.country, result.customers, result.spent, result.place
from (
  with spending as (
    select country, count(*) as customers, sum(spent) as spent
    from main.gold.customer_value
    group by country
  )
  select country, customers, spent, rank() over (order by spent desc nulls last, country) as place
  from spending
) as result
