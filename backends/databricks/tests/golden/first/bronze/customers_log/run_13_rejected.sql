-- cdc bronze.* (shop.pipe)
select count(*) as failures
from main.pipec.bronze__customers_log__rejected
