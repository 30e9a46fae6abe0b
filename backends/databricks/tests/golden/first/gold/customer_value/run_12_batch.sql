-- model gold.customer_value (models.pipe)
select count(*) as keys, min(customer_id) as first_key, max(customer_id) as last_key
from main.pipec.gold__customer_value__pending
having count(*) > 0
