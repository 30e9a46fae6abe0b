-- cdc bronze.orders (shop.pipe)
merge into main.bronze.orders_log as t
using (
  with pairs as (
    select order_id
    from main.bronze.orders_log
    where _seq >= :first_commit and _op in ('c', 'd') and _tie < 9223372036854775000
    group by order_id, _source_ts
    having min(struct(_seq, _ord, _tie)) filter (where _op = 'c') < max(
      struct(_seq, _ord, _tie)
    ) filter (where _op = 'd')
  ),
  events as (
    select
      l.order_id,
      l._source_ts,
      l._seq,
      l._ord,
      l._tie,
      l._op,
      l._file,
      named_struct(
        'order_id',
        l.order_id,
        'customer_id',
        l.customer_id,
        'amount',
        l.amount,
        'discount',
        l.discount,
        'status',
        l.status,
        'details',
        l.details,
        'placed_at',
        l.placed_at,
        'updated_at',
        l.updated_at
      ) as _after,
      to_json(
        named_struct(
          'order_id',
          l.order_id,
          'customer_id',
          l.customer_id,
          'amount',
          l.amount,
          'discount',
          l.discount,
          'status',
          l.status,
          'details',
          l.details,
          'placed_at',
          l.placed_at,
          'updated_at',
          l.updated_at
        )
      ) as _came,
      case
        when l._before is not null
          then to_json(
            named_struct(
              'order_id',
              (l._before).order_id,
              'customer_id',
              (l._before).customer_id,
              'amount',
              (l._before).amount,
              'discount',
              (l._before).discount,
              'status',
              (l._before).status,
              'details',
              (l._before).details,
              'placed_at',
              (l._before).placed_at,
              'updated_at',
              (l._before).updated_at
            )
          )
      end as _left,
      lag(l._source_ts) over (partition by l.order_id order by l._seq, l._ord, l._tie) as _at
    from main.bronze.orders_log as l
    left semi join pairs as p on l.order_id = p.order_id
    where l._seq >= :first_commit
  ),
  parts as (
    select
      *,
      max(case when _at is distinct from _source_ts then struct(_seq, _ord, _tie) end) over (
        partition by order_id
        order by _seq, _ord, _tie
      ) as _from
    from events
  ),
  groups as (
    select
      order_id,
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
        'last',
        max_by(_after, struct(_seq, _ord, _tie)) filter (
          where not _op = 'd' and _tie < 9223372036854775000
        ),
        'file',
        max_by(_file, struct(_seq, _ord, _tie)) filter (where _tie < 9223372036854775000),
        'tie',
        max_by(case when not _tie < 9223372036854775000 then _tie end, struct(_seq, _ord, _tie)),
        'said_op',
        max_by(case when not _tie < 9223372036854775000 then _op end, struct(_seq, _ord, _tie)),
        'said',
        max_by(to_json(_after), struct(_seq, _ord, _tie)) filter (
          where not _tie < 9223372036854775000 and _op = 'r'
        )
      ) as _group
    from parts
    group by order_id, _source_ts, _from
  ),
  taken as (
    select *
    from groups as g
    where (g._group).last_op = 'd' and (g._group).came > 0 and (g._group).ends._tie <> 0
  ),
  stays as (
    select order_id, _source_ts, _from, max_by(_after, _place) as _stays
    from (
      select order_id, _source_ts, _from, max_by(_after, _place) as _after, max(_place) as _place
      from (
        select
          order_id,
          _source_ts,
          _from,
          _came as _image,
          _after as _after,
          struct(_seq, _ord, _tie) as _place,
          1 as _count
        from parts
        where not _op = 'd' and _tie < 9223372036854775000
        union all
        select
          order_id,
          _source_ts,
          _from,
          _left as _image,
          null as _after,
          null as _place,
          -1 as _count
        from parts
        where _left is not null and _tie < 9223372036854775000
      ) as images
      group by order_id, _source_ts, _from, _image
      having sum(_count) > 0
    ) as more
    group by order_id, _source_ts, _from
  ),
  earlier as (
    select
      g.order_id,
      g._source_ts,
      g._from,
      any_value(g._group) as _group,
      max(l._at) as _at,
      max_by(l._op, l._at) as _op,
      max_by(l._after, l._at) as _after
    from taken as g
    left join (
      select
        k.order_id,
        k._op as _op,
        struct(k._seq, k._ord, k._tie) as _at,
        named_struct(
          'order_id',
          k.order_id,
          'customer_id',
          k.customer_id,
          'amount',
          k.amount,
          'discount',
          k.discount,
          'status',
          k.status,
          'details',
          k.details,
          'placed_at',
          k.placed_at,
          'updated_at',
          k.updated_at
        ) as _after
      from main.bronze.orders_log as k
      left semi join pairs as p on k.order_id = p.order_id
      where k.order_id >= :first_key and k.order_id <= :last_key
      union all
      select
        k.order_id,
        case when k._deleted then 'd' else 'r' end as _op,
        struct(k._seq, k._ord, k._tie) as _at,
        named_struct(
          'order_id',
          k.order_id,
          'customer_id',
          k.customer_id,
          'amount',
          k.amount,
          'discount',
          k.discount,
          'status',
          k.status,
          'details',
          k.details,
          'placed_at',
          k.placed_at,
          'updated_at',
          k.updated_at
        ) as _after
      from main.bronze.orders_history__rows as k
      left semi join pairs as p on k.order_id = p.order_id
      where k.order_id >= :first_key and k.order_id <= :last_key
    ) as l
      on l.order_id = g.order_id and l._at < g._from
    group by g.order_id, g._source_ts, g._from
  ),
  chains as (
    select *, max(_to) over (partition by order_id order by _from) as _at
    from (
      select
        b.order_id,
        b._source_ts,
        b._from,
        b._group,
        case
          when coalesce(b._op, case when (b._group).first_op = 'c' then 'd' else 'r' end) = 'd'
            then 0
          else 1
        end as _op,
        case
          when lag(struct((b._group).ends._seq, (b._group).ends._ord)) over (
            partition by b.order_id
            order by b._from
          ) is distinct from struct((b._at)._seq, (b._at)._ord)
            then b._from
        end as _to,
        coalesce(
          s._stays,
          case
            when lag(struct((b._group).ends._seq, (b._group).ends._ord)) over (
              partition by b.order_id
              order by b._from
            ) is distinct from struct((b._at)._seq, (b._at)._ord)
              then coalesce(b._after, (b._group).last)
          end
        ) as _stays
      from earlier as b
      left join stays as s
        on b.order_id = s.order_id and b._source_ts = s._source_ts and b._from = s._from
    ) as known
  ),
  ended as (
    select *
    from (
      select *, case when _gone then (_group).last else _stays end as _row
      from (
        select
          c.order_id,
          c._source_ts,
          c._from,
          c._group,
          coalesce(
            last_value(
              case
                when (c._group).came > (c._group).went then 1
                when (c._group).came < (c._group).went then 0
              end,
              true
            ) over (partition by c.order_id, c._at order by c._from),
            first_value(c._op) over (partition by c.order_id, c._at order by c._from)
          ) = 0 as _gone,
          last_value(c._stays, true) over (
            partition by c.order_id, c._at
            order by c._from
          ) as _stays
        from chains as c
      ) as counted
    ) as either
    where (not _gone or (_group).said is not null)
      and (to_json(_row) is distinct from (_group).said or _gone = ((_group).said_op <=> 'r'))
  )
  select
    e.order_id as order_id,
    (e._after).customer_id as customer_id,
    (e._after).amount as amount,
    (e._after).discount as discount,
    (e._after).status as status,
    (e._after).details as details,
    (e._after).placed_at as placed_at,
    (e._after).updated_at as updated_at,
    e._op as _op,
    e._source_ts as _source_ts,
    date_from_unix_date(cast(unix_seconds(e._source_ts) div 86400 as int)) as _date,
    (e._group).ends._seq as _seq,
    (e._group).ends._ord as _ord,
    coalesce((e._group).tie + 1, 9223372036854775000)
      + case when e._op = 'r' then 0 else 1 end as _tie,
    (e._group).file as _file
  from (
    select *, case when _op = 'r' then _row end as _after
    from (
      select *, explode(case when _gone then array('r', 'd') else array('r') end) as _op
      from ended
    ) as each
  ) as e
) as s
on t._seq >= :first_commit
  and t._seq = s._seq
  and t._ord = s._ord
  and t._tie = s._tie
  and t.order_id = s.order_id
when not matched then insert (
  order_id,
  customer_id,
  amount,
  discount,
  status,
  details,
  placed_at,
  updated_at,
  _op,
  _source_ts,
  _date,
  _seq,
  _ord,
  _tie,
  _file,
  _before
) values (
  s.order_id,
  s.customer_id,
  s.amount,
  s.discount,
  s.status,
  s.details,
  s.placed_at,
  s.updated_at,
  s._op,
  s._source_ts,
  s._date,
  s._seq,
  s._ord,
  s._tie,
  s._file,
  null
)
