-- model gold.customer_value (models.pipe)
insert into main.pipec.gold__customer_value__pending by name
select *
from (
  select distinct changed.customer_id as customer_id
  from (
    select customer_id, country
    from table_changes('main.bronze.customers__rows', :first_version, :bronze_customers_version)
    where not _deleted
    group by _commit_version, customer_id, country
    having sum(case when _change_type in ('insert', 'update_postimage') then 1 else -1 end) <> 0
  ) as changed
) as touched
where customer_id is not null
