-- model gold.customer_value (models.pipe)
merge with schema evolution into main.pipec.gold__customer_value__pending
using (select cast(null as bigint) as customer_id where false) as declared
on false
when not matched then insert *
