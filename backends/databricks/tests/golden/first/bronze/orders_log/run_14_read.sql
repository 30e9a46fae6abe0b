-- cdc bronze.orders (shop.pipe)
insert into main.pipec.bronze__orders_log__files (file, size, modified, run_id)
select distinct _file, _size, _modified, :run_id
from main.pipec.bronze__orders_log__stage
