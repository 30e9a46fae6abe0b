-- model gold.sales_daily (models.pipe)
merge with schema evolution into main.pipec.gold__sales_daily__pending
using (select cast(null as timestamp) as grain where false) as declared
on false
when not matched then insert *
