-- cdc bronze.orders (shop.pipe)
select count(*) as failures
from main.pipec.bronze__orders_log__rejected
