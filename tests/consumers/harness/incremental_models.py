"""Seeded specifications of incremental models over tables that are captured, loaded, built by time, built by key, or views."""
import dataclasses
import random

START = '2026-01-01'
LATER = '2026-01-04'

SOURCES = '''
source shop {
  kind postgres  connection office_db  database shop
  cdc { retention 3 days }
  table public.a ( id bigint primary key, k bigint, g bigint not null, at timestamptz not null, v int, s text )
  table public.b ( id bigint primary key, g bigint not null, at timestamptz not null, w int, s text )
}
cdc bronze.a from shop.public.a { deletes hard }
cdc bronze.b from shop.public.b { deletes soft }
source bank {
  kind files
  path '*.csv'
  format csv { header }
  table c ( id bigint not null, g bigint not null, at timestamp not null, w int, s string )
}
load raw.c from bank.c { append new files  write merge  key (id) }
'''


@dataclasses.dataclass(frozen=True)
class Model:
    name: str
    by: str  # time, key, view
    columns: tuple[str, ...]  # of the key, or the time
    settings: str  # of `by time`, but the start
    query: str
    contract: str = ''
    logic: tuple[str, str] = ('true', 'true')  # a condition of the query: at first, and when the logic is another
    starts: tuple[str, str] = (START, START)
    reads: frozenset[str] = frozenset()  # other models

    def sql(self, version):
        return self.query.replace('LOGIC', self.logic[version])

    def text(self, version):
        header = {'view': 'view', 'key': f'incremental by key ({", ".join(self.columns)})',
                  'time': f"incremental by time ({', '.join(self.columns)}) {{ {self.settings}  start '{self.starts[version]}' }}"}
        contract = f'  columns ( {self.contract} )\n' if self.contract else ''
        return f'model {self.name} {{\n  {header[self.by]}\n{contract}  as\n  {self.sql(version)}\n}}\n'


TYPES = {'id': 'bigint', 'other': 'bigint', 'g': 'bigint', 'v': 'int', 'w': 'int', 'most': 'int', 'n': 'bigint', 'total': 'bigint',
         's': 'string', 'at': 'timestamp', 't': 'timestamp', 'since': 'timestamp', 'newest': 'timestamp'}


def contract(items, key):
    """Types, and that the key is not null: not all of that can be told from an expression."""
    names = [item.split(' as ')[-1].split('.')[-1] for item in items]
    dated = {item.split(' as ')[-1] for item in items if ' as date) as ' in item}
    return ', '.join(f'{name} {"date" if name in dated else TYPES[name]}{" not null" * (name in key)}' for name in names)


# Below the others: a table by time, one by key, and a view, all with the columns of bronze.a.
LIKE_A = 'select id, k, g, at, v, s from {} where {}'
LAYERS = (
    Model('silver.by_time', 'time', ('at',), 'grain 1 hour  batch 8 days', LIKE_A.format('bronze.a', "(s is null or s <> 'y') and (LOGIC)"),
          logic=('true', 'v is null or v > 1')),
    Model('silver.by_key', 'key', ('id',), '', LIKE_A.format('bronze.a', 'v < 5 and (LOGIC)'), logic=('true', 'k is not null')),
    Model('silver.seen', 'view', (), '', LIKE_A.format('bronze.a', 'LOGIC'), logic=('v is distinct from 3', 'v is distinct from 4')),
)

OF_A = ['a.v > 2', "a.s = 'x'", 'a.s is not null', 'a.v is distinct from 3', 'a.k <> 1']
OF_B = ['b.w > 2', "b.s = 'x'", 'b.w is null', 'coalesce(b.w, 0) < 4', 'b.w is not null', "b.s in ('x', 'z')"]
OF_BOTH = ['a.v <> b.w', 'a.at < b.at', 'a.s = b.s', 'a.v > 2 or b.w > 2']
LOGICS = [('true', 'a.v is null or a.v > 1'), ("a.s is null or a.s = 'x'", 'true'), ('a.g >= 0', "coalesce(a.s, 'x') = 'x'")]


class Drawing:
    """One model's parts, drawn."""

    def __init__(self, rnd, name):
        self.random, self.name, self.reads = rnd, name, set()

    def chance(self, share):
        return self.random.random() < share

    def some(self, conditions, share):
        return [self.random.choice(conditions)] if self.chance(share) else []

    def like_a(self):
        found = self.random.choice(['bronze.a', 'bronze.a', 'silver.by_time', 'silver.by_key', 'silver.seen'])
        self.reads |= {found} - {'bronze.a'}
        return found

    def like_b(self):
        return self.random.choice(['bronze.b', '(select * from bronze.b where not _deleted)', 'raw.c'])

    def from_a(self, partition):
        """Its rows, or of each part the first one."""
        self.filters = []
        if not partition or not self.chance(0.4):
            return f'{self.like_a()} as a'
        self.filters = [self.random.choice(['a.rn = 1', 'a.rn <= 2'])]
        return f'(select *, row_number() over (partition by {partition} order by at, v, id) as rn from {self.like_a()}) as a'

    def joined(self, equal):
        """A join with one that changes too, and what may be asked of it."""
        kind = self.random.choice(['join', 'left join', 'left join', 'left semi join', 'left anti join'])
        on = [equal, *self.some(OF_A, 0.25), *self.some(OF_B, 0.25), *self.some(OF_BOTH, 0.15)]
        shown = kind in ('join', 'left join')
        self.filters += self.some(OF_B + OF_BOTH, 0.3) if shown else []
        return f' {kind} {self.like_b()} as b on {" and ".join(f"({c})" if " or " in c else c for c in on)}', shown

    def model(self):
        return self.by_time() if self.chance(0.5) else self.by_key()

    def finish(self, by, columns, settings, items, tables, group=''):
        self.filters += self.some(OF_A, 0.4)
        where = ' and '.join(f'({one})' for one in (*self.filters, 'LOGIC'))
        logic = self.random.choice(LOGICS) if self.chance(0.6) else ('true', 'true')
        later = by == 'time' and self.chance(0.2)
        query = f'select {", ".join(items)} from {tables} where {where}{group}'
        starts = START, LATER if later else START
        return Model(self.name, by, columns, settings, query, contract(items, columns), logic, starts, frozenset(self.reads))

    def settings(self):
        grain = self.random.choice(['1 day', '1 day', '1 hour'])
        lookback = self.random.choice(['', '', '  lookback 1 day'])
        return f'grain {grain}  batch {self.random.choice([1, 4, 8, 8])} days{lookback}'

    def by_time(self):
        settings = self.settings()
        hours = 'hour' in settings
        rows = self.chance(0.4)
        tables = self.from_a('at' if rows else '')
        join, shown = self.joined(self.random.choice(['b.id = a.k', 'b.id = a.id', 'b.g = a.g'])) if self.chance(0.7) else ('', False)
        many = 'b.g' in join
        if rows:
            time = 'a.at' if hours or self.chance(0.6) else 'cast(a.at as date)'
            items = ['a.id', f'{time} as t', 'a.v', *(['b.w', 'b.id as other'] if shown else [])]
            return self.finish('time', ('t',), settings, items, tables + join)
        times = ["date_trunc('HOUR', a.at)"] if hours else ["date_trunc('DAY', a.at)", "date_trunc('HOUR', a.at)", 'cast(a.at as date)']
        time = self.random.choice(times)
        by = [time, *self.some(['a.g', 'a.s'], 0.5)]
        items = [f'{time} as t', *by[1:], *self.totals(shown, many)]
        return self.finish('time', ('t',), settings, items, tables + join, f' group by {", ".join(by)}')

    def totals(self, shown, many):
        items = ['count(*) as n', 'max(a.v) as most' if shown and many else 'sum(a.v) as total', 'min(a.at) as since']
        return [*items, *(['max(b.w) as w'] if shown else [])]

    def by_key(self):
        match self.random.choice(['rows', 'first', 'groups', 'groups', 'two', 'other']):
            case 'rows':
                tables = self.from_a('')
                join, shown = self.joined(self.random.choice(['b.id = a.k', 'b.id = a.id'])) if self.chance(0.8) else ('', False)
                return self.finish('key', ('id',), '', ['a.id', 'a.v', 'a.at', *(['b.w'] if shown else [])], tables + join)
            case 'first':
                tables = f'(select *, row_number() over (partition by g order by at, v, id) as rn from {self.like_a()}) as a'
                self.filters = ['a.rn = 1']
                join, shown = self.joined('b.id = a.k') if self.chance(0.6) else ('', False)
                return self.finish('key', ('g',), '', ['a.g', 'a.id', 'a.v', *(['b.w'] if shown else [])], tables + join)
            case 'other':  # the key is that of the joined one
                self.filters = self.some(OF_B, 0.3)
                kind = self.random.choice(['join', 'left join'])
                on = ['a.k = b.id', *self.some(OF_A, 0.3), *self.some(OF_B, 0.3)]
                key = self.random.choice(['b.g', 'b.id'])
                name = key.split('.')[1]
                items = [key, 'count(a.id) as n', 'sum(a.v) as total', 'max(a.at) as newest']
                return self.finish('key', (name,), '', items, f'{self.like_b()} as b {kind} {self.like_a()} as a on {" and ".join(on)}',
                                   f' group by {key}')
            case two_or_one:
                tables = self.from_a('g')
                join, shown = self.joined(self.random.choice(['b.id = a.k', 'b.id = a.id', 'b.g = a.g'])) if self.chance(0.7) else ('', False)
                keys = ['a.g'] if two_or_one == 'groups' else ['a.g', "coalesce(a.s, '-')"]
                items = ['a.g', *(f'{key} as s' for key in keys[1:]), *self.totals(shown, 'b.g' in join)]
                return self.finish('key', ('g', 's')[:len(keys)], '', items, tables + join, f' group by {", ".join(keys)}')


def models(seed, count):
    """Those of a specification, inputs before readers."""
    rnd = random.Random(seed)
    return [Drawing(rnd, f'gold.m{number}').model() for number in range(count)]


def with_layers(drawn):
    needed = {name for model in drawn for name in model.reads}
    return [layer for layer in LAYERS if layer.name in needed] + list(drawn)


def specification(models, version):
    return '\n'.join([SOURCES.lstrip(), *(model.text(version) for model in models)])
