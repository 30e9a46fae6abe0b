-- model gold.customer_value (models.pipe)
merge with schema evolution into main.pipec.gold__customer_value__pending
using (
  select declared.*
  from (select cast(null as bigint) as customer_id) as declared, lateral (
  select
    case
      when not typeof(customer_id) in ('bigint', 'int', 'smallint', 'tinyint')
        then concat('column customer_id is ', typeof(customer_id), ', which cannot become bigint')
    end as problem
  from values (1) as one(pipec_one)
  left join main.pipec.gold__customer_value__pending on false
) as found
  where case
  when found.problem is not null
    then raise_error(
      concat(
        'main.pipec.gold__customer_value__pending: ',
        found.problem,
        '; declare the type that it has, or give the new column another name'
      )
    )
  else false
end
)
on false
when not matched then insert *
