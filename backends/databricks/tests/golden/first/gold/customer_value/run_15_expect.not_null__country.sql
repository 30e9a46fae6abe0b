-- model gold.customer_value (models.pipe)
select count(*) as failures
from main.pipec.gold__customer_value__stage
where country is null
