-- model gold.country_ranking (models.pipe)
insert into main.pipec.ledger (node, input, `version`, fingerprint, run_id, recorded_at)
select 'widened', 'gold.country_ranking', :version, '', '', current_timestamp()
from
  (
    select
      cast(null as bigint) as customers,
      cast(null as decimal(38, 4)) as spent,
      cast(null as int) as place
  ) as declared,
  lateral (
    select array(typeof(customers), typeof(spent), typeof(place)) as types
    from values (1) as one(pipec_one)
    left join main.gold.country_ranking on false
  ) as found
where found.types <> array('bigint', 'decimal(38,4)', 'int')
