-- model gold.customer_value (models.pipe)
select count(*) as failures
from (
  select customer_id
  from main.pipec.gold__customer_value__stage
  where customer_id is not null
  group by customer_id
  having count(*) > 1
) as twice
