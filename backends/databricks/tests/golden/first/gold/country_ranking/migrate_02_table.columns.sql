-- model gold.country_ranking (models.pipe)
merge with schema evolution into main.gold.country_ranking
using (
  select declared.*
  from (
  select
    cast(null as string) as country,
    cast(null as bigint) as customers,
    cast(null as decimal(38, 4)) as spent,
    cast(null as int) as place
) as declared, lateral (
  select
    case
      when not typeof(country) in ('string')
        then concat('column country is ', typeof(country), ', which cannot become string')
      when not typeof(customers) in ('bigint', 'int', 'smallint', 'tinyint')
        then concat('column customers is ', typeof(customers), ', which cannot become bigint')
      when not coalesce(
        try_cast(regexp_extract(typeof(spent), '^decimal[(]([0-9]+),([0-9]+)[)]$', 2) as int) <= 4
          and try_cast(regexp_extract(typeof(spent), '^decimal[(]([0-9]+),([0-9]+)[)]$', 1) as int)
            - try_cast(
              regexp_extract(typeof(spent), '^decimal[(]([0-9]+),([0-9]+)[)]$', 2) as int
            ) <= 34,
        false
      )
        then concat('column spent is ', typeof(spent), ', which cannot become decimal(38,4)')
      when not typeof(place) in ('int', 'smallint', 'tinyint')
        then concat('column place is ', typeof(place), ', which cannot become int')
    end as problem
  from values (1) as one(pipec_one)
  left join main.gold.country_ranking on false
) as found
  where case
  when found.problem is not null
    then raise_error(
      concat(
        'main.gold.country_ranking: ',
        found.problem,
        '; declare the type that it has, or give the new column another name'
      )
    )
  else false
end
)
on false
when not matched then insert *
