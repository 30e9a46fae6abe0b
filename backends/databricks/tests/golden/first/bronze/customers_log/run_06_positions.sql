-- cdc bronze.* (shop.pipe)
select min(_seq) as first_position, max(_seq) as last_position
from main.pipec.bronze__customers_log__stage
where _problem is null
