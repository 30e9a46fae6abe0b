-- model gold.country_ranking (models.pipe)
merge with schema evolution into main.gold.country_ranking
using (
  select
    cast(null as string) as country,
    cast(null as bigint) as customers,
    cast(null as decimal(38, 4)) as spent,
    cast(null as int) as place
  where false
) as declared
on false
when not matched then insert *
