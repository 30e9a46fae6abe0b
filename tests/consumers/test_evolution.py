"""A specification changes while its tables are there, on Spark with Delta: a pipeline that was deployed in two versions, beside one that
had the second from the first."""
import json
import shutil

import pytest

from harness import captured
from harness.warehouse import Warehouse

SOURCE = '''source office {{ kind postgres  connection office_db  database office  timestamps in 'Europe/London'
  cdc {{ retention 3 days }}
  table public.item ( {columns} )
}}
'''
CAPTURED = '''cdc bronze.item from office.public.item {{ history bronze.item_history  log bronze.item_log  deletes {deletes}  {words} }}
'''
MODELS = '''model gold.by_day {{
  incremental by time (day) {{ grain 1 day  start '2026-01-01' }}
  columns ( day timestamp not null, {day_columns} )
  as select date_trunc('DAY', at) as day, {by_day}
  from bronze.item group by date_trunc('DAY', at)
}}
model gold.by_shop {{
  incremental by key (shop)
  as select shop, {by_shop} from bronze.item group by shop
}}
/// Of columns that stay as they are.
model gold.shops {{ incremental by key (shop)  as select shop, count(*) as items from bronze.item group by shop }}
'''
V1 = {'columns': "id bigint primary key, shop bigint not null, name text, n int, price numeric(10, 2), at timestamptz not null, gone text not null",
      'day_columns': 'items bigint, n bigint',
      'by_day': 'count(*) as items, sum(n) as n', 'by_shop': 'max(n) as n, max(price) as price'}
# Columns come in the middle and at the end, with and without NOT NULL; types are wider; one is no longer declared.
V2 = {'columns': "id bigint primary key, color text, shop bigint not null, name text, n bigint, price numeric(12, 2), at timestamptz not null, "
                 "weight numeric(8, 3), seen timestamp, tags text[], big bigint not null, flag boolean",
      'day_columns': 'color string, items bigint, n bigint, weight decimal(18, 3)',
      'by_day': "max(color) as color, count(*) as items, sum(n) as n, sum(weight) as weight",
      'by_shop': "max(color) as color, max(n) as n, max(price) as price, max(seen) as seen"}
DAY = 1767225600000000


def specification(version, deletes='hard', words='on new column add'):
    text = SOURCE + CAPTURED + MODELS
    return text.format(deletes=deletes, words=words, **version)


TABLES = {
    'bronze.item': 'id, color, shop, name, n, price, at, weight, seen, tags, big, flag',
    'bronze.item_history': 'id, color, shop, name, n, price, at, weight, seen, tags, big, flag, valid_from, valid_to, is_current, is_deleted',
    'bronze.item_log': 'id, color, shop, name, n, price, at, weight, seen, tags, big, flag, _op, _source_ts, _seq, _ord, _tie, _file',
    'gold.by_day': 'day, color, items, n, weight',
    'gold.by_shop': 'shop, color, n, price, seen',
    'gold.shops': 'shop, items',
}


def specification(version, deletes='hard', words='on new column add  on type change rescue'):
    return (SOURCE + CAPTURED + MODELS).format(deletes=deletes, words=words, **version)


def row(id, **values):
    """As an application has it that is ahead of the declaration: a column of it was always there, others have just come."""
    return {'id': id, 'shop': id % 2, 'name': f'item {id}', 'n': id, 'price': f'{id}.50', 'at': f'2026-01-0{id % 3 + 1}T10:00:00Z',
            'big': 10 ** 12 + id, 'gone': 'g'} | values


def late(id, **values):
    return row(id, color=f'color {id}', weight='1.125', seen=DAY + id, tags=['a', None, 'b"'], flag=id % 2 == 0) | values


def event(op, row, place):
    before, after = (row, None) if op == 'd' else (None, row)
    return json.dumps({'before': before, 'after': after, 'op': op, 'ts_ms': 1, 'source': {
        'schema': 'public', 'table': 'item', 'lsn': place, 'sequence': f'[null, "{place}"]', 'ts_us': DAY + place * 1000000}})


# What lands before the first version has run, before the second has been deployed, and after.
BATCHES = [
    [('r', row(i)) for i in range(1, 7)] + [('u', late(1)), ('c', late(7))],
    [('u', late(2, n=3 * 10 ** 9, price='1234567890.50')), ('d', row(3)), ('c', late(8, color=None)), ('d', late(7)), ('u', row(4, name='four'))],
    [('u', late(5)), ('c', late(9)), ('u', late(8, flag=None)), ('d', late(1)), ('c', late(7, color='again'))],
]
EVENTS = [[event(op, row, 100 * (number + 1) + i) for i, (op, row) in enumerate(batch)] for number, batch in enumerate(BATCHES)]


class Line:
    """One landing folder and the versions that were deployed over it."""

    def __init__(self, spark, pipec, folder):
        self.spark, self.pipec, self.folder, self.landing = spark, pipec, folder, folder / 'landing'
        shutil.rmtree(folder, ignore_errors=True)
        self.landing.mkdir(parents=True)
        self.warehouse, self.builds = None, 0

    def deploy(self, text):
        self.builds += 1
        folder = self.folder / f'build {self.builds}'
        dist = self.pipec.build(captured.project(folder, text, self.landing), out=folder / 'dist') / 'prod'
        first, self.warehouse = self.warehouse is None, Warehouse(self.spark, dist)
        if first:
            self.warehouse.drop()
        self.warehouse.deploy()

    def land(self, number):
        captured.land(self.landing, 'office.public.item', EVENTS[number], f'.{number}')

    def run(self, *only):
        assert not self.warehouse.run(*only)

    def found(self):
        return {table: self.warehouse.rows(f'SELECT {columns} FROM {table}') for table, columns in TABLES.items()}


def in_two_versions(line, **words):
    line.land(0)
    line.deploy(specification(V1, **words))
    line.run()
    line.land(1)
    # The models are behind: no feed can be read across the deployment, which makes columns wider.
    line.run('bronze.item_log', 'bronze.item', 'bronze.item_history')
    line.deploy(specification(V2, **words))
    line.run()
    line.land(2)
    line.run()
    return line.found()


def at_once(line, **words):
    for number in range(3):
        line.land(number)
    line.deploy(specification(V2, **words))
    line.run()
    return line.found()


@pytest.mark.parametrize('deletes', ['hard', 'soft'])
def test_it_is_as_if_the_column_had_been_declared_from_the_first(spark, pipec, scratch, deletes):
    line = Line(spark, pipec, scratch / 'evolution')
    found = in_two_versions(line, deletes=deletes)
    aside = [json.loads(text) for text, in line.warehouse.rows('SELECT _rescued FROM bronze.item_log WHERE _rescued IS NOT NULL')]
    assert {name for each in aside for name in each} == {'gone'}
    expected = at_once(Line(spark, pipec, scratch / 'evolution'), deletes=deletes)
    for table in TABLES:
        assert found[table] == expected[table], table
    assert len(expected['bronze.item']) == (7 if deletes == 'hard' else 9) and len(expected['bronze.item_log']) == sum(map(len, BATCHES))


def test_without_a_word_a_column_begins_when_it_is_declared(spark, pipec, scratch):
    line = Line(spark, pipec, scratch / 'evolution')
    in_two_versions(line, words='on type change rescue')
    assert line.warehouse.rows('SELECT id, color, weight, flag, n, price FROM bronze.item') == [
        (2, None, None, None, None, None), (4, None, None, None, 4, '4.50'), (5, 'color 5', '1.125', False, 5, '5.50'),
        (6, None, None, None, 6, '6.50'), (7, 'again', '1.125', False, 7, '7.50'), (8, 'color 8', '1.125', None, 8, '8.50'),
        (9, 'color 9', '1.125', False, 9, '9.50')]
    before = line.warehouse.versions()
    line.warehouse.deploy()
    line.run()
    assert {table for table, version in line.warehouse.versions().items() if version != before[table]} <= {'pipec.bronze__item_log__stage'}
    # A file that has grown is read again as a whole: what is known adds nothing, although it now says more.
    captured.land(line.landing, 'office.public.item', EVENTS[1] + [event('u', late(6), 400)], '.1')
    line.run()
    assert line.warehouse.rows('SELECT count(*) FROM bronze.item_log') == [(sum(map(len, BATCHES)) + 1,)]
    assert line.warehouse.rows('SELECT id, color FROM bronze.item WHERE id IN (2, 6)') == [(2, None), (6, 'color 6')]


SMALL = {'columns': 'id bigint primary key, shop bigint not null, n int, at timestamptz not null', 'day_columns': 'items bigint',
         'by_day': 'count(*) as items', 'by_shop': 'max(n) as n'}


@pytest.mark.parametrize('changed, told', [
    ({'columns': SMALL['columns'].replace('n int', 'n text')}, 'column n, declared string, found int'),
    ({'columns': SMALL['columns'].replace('n int', 'n smallint')}, 'column n, declared smallint, found int'),
    ({'by_shop': 'cast(max(n) as decimal(10, 2)) as n'}, r'by_shop.*column n, declared decimal\(10,2\), found int'),
    ({'columns': SMALL['columns'].replace('id bigint primary key', 'id bigint').replace('n int', 'n int, primary key (id, shop)')},
     'bronze.item.*rows are told apart by, declared id, shop, found id'),
], ids=['another type', 'a narrower type', 'a model of another type', 'another key'])
def test_what_cannot_change_in_place_stops_the_deployment(spark, pipec, small, changed, told):
    before = small.warehouse.rows('SELECT * FROM bronze.item_log')
    deployed = small.warehouse
    with pytest.raises(Exception, match=told):
        small.deploy(specification(SMALL | changed, words=''))
    small.warehouse = deployed
    assert small.warehouse.rows('SELECT * FROM bronze.item_log') == before


@pytest.fixture(scope='module')
def small(spark, pipec, scratch):
    line = Line(spark, pipec, scratch / 'evolution')
    line.land(0)
    line.deploy(specification(SMALL, words=''))
    line.run()
    return line
