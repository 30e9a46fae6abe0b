-- model gold.customer_value (models.pipe)
select count(*) as keys
from main.pipec.gold__customer_value__pending
having count(*) > 0
