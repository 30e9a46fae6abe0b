-- model gold.customer_value (models.pipe)
alter table main.gold.customer_value add primary key (customer_id)
