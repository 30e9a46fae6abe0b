-- cdc bronze.* (shop.pipe)
select min(f.modified) as since
from main.pipec.bronze__customers_log__listing as f
left anti join main.pipec.bronze__customers_log__files as r
  on r.file = f.file and r.size = f.size and r.modified = f.modified
having count(*) > 0
