-- cdc bronze.orders (shop.pipe)
select min(_seq) as first_position, max(_seq) as last_position, min(_commit) as first_commit
from main.pipec.bronze__orders_log__stage
where _problem is null
