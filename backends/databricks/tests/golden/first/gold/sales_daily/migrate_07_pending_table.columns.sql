-- model gold.sales_daily (models.pipe)
merge with schema evolution into main.pipec.gold__sales_daily__pending
using (
  select declared.*
  from (select cast(null as timestamp) as grain) as declared, lateral (
  select
    case
      when not typeof(grain) in ('timestamp')
        then concat('column grain is ', typeof(grain), ', which cannot become timestamp')
    end as problem
  from values (1) as one(pipec_one)
  left join main.pipec.gold__sales_daily__pending on false
) as found
  where case
  when found.problem is not null
    then raise_error(
      concat(
        'main.pipec.gold__sales_daily__pending: ',
        found.problem,
        '; declare the type that it has, or give the new column another name'
      )
    )
  else false
end
)
on false
when not matched then insert *
