-- cdc bronze.* (shop.pipe)
with pairs as (
  select customer_id
  from main.bronze.customers_log
  where _seq >= :first_commit and _op in ('c', 'd') and _tie < 9223372036854775000
  group by customer_id, _source_ts
  having min(struct(_seq, _ord, _tie)) filter (where _op = 'c') < max(
    struct(_seq, _ord, _tie)
  ) filter (where _op = 'd')
),
events as (
  select
    l.customer_id,
    l._source_ts,
    l._seq,
    l._ord,
    l._tie,
    l._op,
    l._before,
    l._file,
    named_struct(
      'customer_id',
      l.customer_id,
      'external_id',
      l.external_id,
      'full_name',
      l.full_name,
      'email',
      l.email,
      'country',
      l.country,
      'labels',
      l.labels,
      'preferences',
      l.preferences,
      'created_at',
      l.created_at,
      'updated_at',
      l.updated_at
    ) as _after,
    lag(l._source_ts) over (partition by l.customer_id order by l._seq, l._ord, l._tie) as _at,
    m._ord is not null as _moved
  from main.bronze.customers_log as l
  left semi join pairs as p on l.customer_id = p.customer_id
  left join (
    select distinct _source_ts, _ord
    from main.bronze.customers_log
    where _seq >= :first_commit and _op = 'd'
  ) as m
    on l._op = 'c' and m._source_ts = l._source_ts and m._ord = l._ord
  where l._seq >= :first_commit
),
parts as (
  select
    *,
    max(case when _at is distinct from _source_ts then struct(_seq, _ord, _tie) end) over (
      partition by customer_id
      order by _seq, _ord, _tie
    ) as _from
  from events
),
groups as (
  select
    customer_id,
    _source_ts,
    _from,
    named_struct(
      'ends',
      max(struct(_seq, _ord, _tie)) filter (where _tie < 9223372036854775000),
      'first_op',
      min_by(_op, struct(_seq, _ord, _tie)) filter (where _tie < 9223372036854775000),
      'last_op',
      max_by(_op, struct(_seq, _ord, _tie)) filter (where _tie < 9223372036854775000),
      'came',
      count_if(_op = 'c') filter (where _tie < 9223372036854775000),
      'went',
      count_if(_op = 'd') filter (where _tie < 9223372036854775000),
      'moved',
      bool_or(_moved),
      'row',
      max_by(_after, struct(_seq, _ord, _tie)) filter (
        where not _op = 'd' and _tie < 9223372036854775000
      ),
      'gone',
      max_by(_before, struct(_seq, _ord, _tie)) filter (where _tie < 9223372036854775000),
      'file',
      max_by(_file, struct(_seq, _ord, _tie)) filter (where _tie < 9223372036854775000),
      'tie',
      max_by(case when not _tie < 9223372036854775000 then _tie end, struct(_seq, _ord, _tie)),
      'said_op',
      max_by(_op, struct(_seq, _ord, _tie)) filter (where not _tie < 9223372036854775000),
      'said',
      max_by(to_json(_after), struct(_seq, _ord, _tie)) filter (
        where not _tie < 9223372036854775000 and _op = 'r'
      )
    ) as _group
  from parts
  group by customer_id, _source_ts, _from
),
taken as (
  select *
  from groups as g
  where (g._group).last_op = 'd'
    and (g._group).came > 0
    and (g._group).ends._tie <> 0
    and (
      (g._group).moved
      or to_json((g._group).`row`) is distinct from to_json((g._group).gone)
      or (g._group).said_op is not null
    )
)
select count(*) as taken
from taken
having count(*) > 0
