-- model gold.customer_value (models.pipe)
alter table main.gold.customer_value drop primary key if exists
