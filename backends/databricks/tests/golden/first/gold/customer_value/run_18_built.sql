-- model gold.customer_value (models.pipe)
delete from main.pipec.gold__customer_value__pending
where true
