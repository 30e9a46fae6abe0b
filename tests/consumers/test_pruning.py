"""A batch reads the files that may have its keys, and no other: those that cannot are taken away while it runs."""
import contextlib
import json
import pathlib
import re
import urllib.parse

import pytest

from harness import captured
from harness.warehouse import Warehouse

SPECIFICATION = '''
source office { kind postgres  connection office_db  database office
  cdc { retention 3 days }
  table public.hard ( id bigint primary key, name text )
  table public.soft ( id text primary key, name text )
}
cdc bronze.hard from office.public.hard { history bronze.hard_history  deletes hard }
cdc bronze.soft from office.public.soft { deletes soft }
model silver.names { incremental by key (id)  as select id, upper(name) as name from bronze.hard }
model gold.letters { incremental by key (id)  as select id, count(*) as names, max(length(name)) as longest from bronze.hard group by id }
'''
TABLES = ('bronze.hard__rows', 'bronze.hard_history__rows', 'bronze.soft__rows', 'silver.names', 'gold.letters')
OLD, NEW = range(100, 150), range(900, 950)
RANGE = re.compile(r'(t|result)\.\w+ >= :first_(key|position)\s+and \1\.\w+ <= :last_\2(\s+and )?')


def event(table, key, op, name, place):
    row = {'id': key if table == 'hard' else str(key), 'name': name}
    return json.dumps({'before': row if op == 'd' else None, 'after': None if op == 'd' else row, 'op': op, 'ts_ms': 1, 'source': {
        'schema': 'public', 'table': table, 'lsn': place, 'sequence': f'[null, "{place}"]', 'ts_us': 1767323045678000 + place}})


class Blind:
    """An engine that takes the ranges out of what it executes."""

    def __init__(self, engine):
        self._engine = engine

    def execute(self, sql, params):
        sql = re.sub(r'\nwhere\s*$', '', RANGE.sub('', sql))
        self._engine.execute(sql, {name: value for name, value in params.items() if f':{name}' in sql})

    def __getattr__(self, name):
        return getattr(self._engine, name)


class Line:
    def __init__(self, spark, pipec, folder):
        self.landing, self.place = folder / 'landing', 0
        self.landing.mkdir(parents=True)
        self.warehouse = Warehouse(spark, pipec.build(captured.project(folder / 'project', SPECIFICATION, self.landing), out=folder / 'dist') / 'prod')

    def land(self, changes):
        for table in ('hard', 'soft'):
            lines = [event(table, key, op, name, self.place + i) for i, (key, op, name) in enumerate(changes)]
            captured.land(self.landing, f'office.public.{table}.{self.place}', lines)
        self.place += 1000

    def start(self):
        self.warehouse.drop()
        for place, keys in enumerate((OLD, NEW)):
            self.land([(key, 'c', 'first') for key in keys])
            if not place:
                self.warehouse.deploy()
            assert not self.warehouse.run()

    def files(self, table, keys):
        found = self.warehouse.rows(f'SELECT DISTINCT _metadata.file_path FROM {table} WHERE cast(id AS bigint) BETWEEN {keys[0]} AND {keys[-1]}')
        return {pathlib.Path(urllib.parse.unquote(urllib.parse.urlparse(path).path)) for path, in found}

    @contextlib.contextmanager
    def without(self, tables):
        """The files of the old keys are not there meanwhile."""
        taken = {path for table in tables for path in self.files(table, OLD) - self.files(table, NEW)}
        assert len(taken) >= len(tables)
        for path in taken:
            path.rename(path.with_suffix('.taken'))
        try:
            yield
        finally:
            for path in taken:
                path.with_suffix('.taken').rename(path)


@pytest.fixture(scope='module')
def line(spark, pipec, scratch):
    made = Line(spark, pipec, scratch / 'pruning')
    made.start()
    yield made
    made.warehouse.drop()


def test_a_batch_reads_the_files_of_its_keys(line):
    line.land([(900, 'u', 'again'), (901, 'd', None), (949, 'u', 'last'), (960, 'c', 'more'), (900, 'u', 'twice')])
    with line.without(TABLES):
        assert not line.warehouse.run()
    rows = line.warehouse.rows
    for query in ('SELECT id, name FROM bronze.hard', 'SELECT id, lower(name) AS name FROM silver.names',
                  'SELECT cast(id AS bigint) AS id, name FROM bronze.soft WHERE NOT _deleted'):
        assert rows(f'SELECT count(*) FROM ({query})') == [(100,)], query
        assert rows(f"SELECT * FROM ({query}) WHERE name <> 'first'") == [(900, 'twice'), (949, 'last'), (960, 'more')], query
    assert rows('SELECT id, longest FROM gold.letters WHERE longest <> 5') == [(949, 4), (960, 4)]
    assert rows('SELECT count(*) FROM bronze.hard_history WHERE id = 900') == [(3,)]


def test_without_the_range_it_reads_them_all(line):
    """In the order in which a run comes to them: each stops it."""
    order = line.warehouse.manifest.order
    line.land([(910, 'u', 'blind')])
    seeing, line.warehouse.engine = line.warehouse.engine, Blind(line.warehouse.engine)
    for table in sorted(TABLES, key=lambda table: order.index(table.removesuffix('__rows'))):
        with line.without([table]), pytest.raises(Exception, match='FAILED_READ_FILE|FileNotFound|does not exist'):
            line.warehouse.run()
    line.warehouse.engine = seeing
    assert not line.warehouse.run()
    assert line.warehouse.rows('SELECT name FROM silver.names WHERE id = 910') == [('BLIND',)]
