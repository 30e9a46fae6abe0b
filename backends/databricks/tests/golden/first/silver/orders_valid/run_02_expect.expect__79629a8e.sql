-- model silver.orders_valid (models.pipe)
select count(*) as failures
from main.silver.orders_valid as orders_valid
where not (amount >= 0)
