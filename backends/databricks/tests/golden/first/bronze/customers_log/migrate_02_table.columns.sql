-- cdc bronze.* (shop.pipe)
merge with schema evolution into main.bronze.customers_log
using (
  select declared.*
  from (
  select
    cast(null as bigint) as customer_id,
    cast(null as string) as external_id,
    cast(null as string) as full_name,
    cast(null as string) as email,
    cast(null as string) as country,
    cast(null as array<string>) as labels,
    cast(null as string) as preferences,
    cast(null as timestamp) as created_at,
    cast(null as timestamp) as updated_at,
    cast(
      null as struct<customer_id: bigint, external_id: string, full_name: string, email: string, country: string, labels: array<string>, preferences: string, created_at: timestamp, updated_at: timestamp>
    ) as _before,
    cast(null as string) as _op,
    cast(null as timestamp) as _source_ts,
    cast(null as bigint) as _seq,
    cast(null as bigint) as _ord,
    cast(null as bigint) as _tie,
    cast(null as string) as _file
) as declared, lateral (
  select
    case
      when not typeof(customer_id) in ('bigint', 'int', 'smallint', 'tinyint')
        then concat('column customer_id is ', typeof(customer_id), ', which cannot become bigint')
      when not typeof(external_id) in ('string')
        then concat('column external_id is ', typeof(external_id), ', which cannot become string')
      when not typeof(full_name) in ('string')
        then concat('column full_name is ', typeof(full_name), ', which cannot become string')
      when not typeof(email) in ('string')
        then concat('column email is ', typeof(email), ', which cannot become string')
      when not typeof(country) in ('string')
        then concat('column country is ', typeof(country), ', which cannot become string')
      when not typeof(labels) in ('array<string>')
        then concat('column labels is ', typeof(labels), ', which cannot become array<string>')
      when not typeof(preferences) in ('string')
        then concat('column preferences is ', typeof(preferences), ', which cannot become string')
      when not typeof(created_at) in ('timestamp')
        then concat('column created_at is ', typeof(created_at), ', which cannot become timestamp')
      when not typeof(updated_at) in ('timestamp')
        then concat('column updated_at is ', typeof(updated_at), ', which cannot become timestamp')
      when not startswith(typeof(_before), 'struct<')
        then concat(
          'column _before is ',
          typeof(_before),
          ', which cannot become struct<customer_id:bigint,external_id:string,full_name:string,email:string,country:string,labels:array<string>,preferences:string,created_at:timestamp,updated_at:timestamp>'
        )
      when not typeof(_op) in ('string')
        then concat('column _op is ', typeof(_op), ', which cannot become string')
      when not typeof(_source_ts) in ('timestamp')
        then concat('column _source_ts is ', typeof(_source_ts), ', which cannot become timestamp')
      when not typeof(_seq) in ('bigint', 'int', 'smallint', 'tinyint')
        then concat('column _seq is ', typeof(_seq), ', which cannot become bigint')
      when not typeof(_ord) in ('bigint', 'int', 'smallint', 'tinyint')
        then concat('column _ord is ', typeof(_ord), ', which cannot become bigint')
      when not typeof(_tie) in ('bigint', 'int', 'smallint', 'tinyint')
        then concat('column _tie is ', typeof(_tie), ', which cannot become bigint')
      when not typeof(_file) in ('string')
        then concat('column _file is ', typeof(_file), ', which cannot become string')
    end as problem
  from values (1) as one(pipec_one)
  left join main.bronze.customers_log on false
) as found
  where case
  when found.problem is not null
    then raise_error(
      concat(
        'main.bronze.customers_log: ',
        found.problem,
        '; declare the type that it has, or give the new column another name'
      )
    )
  else false
end
)
on false
when not matched then insert *
