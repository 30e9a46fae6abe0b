"""Captured tables exported without a model between: events through the generated SQL, the feed of the rows below the view, a real
PostgreSQL. After each load the exported table is the view; what was copied are the keys that changed."""
import dataclasses
import datetime
import json
import random
import re
import shutil

import psycopg
import pytest

from harness.exports import Exports
from harness.warehouse import Changed, Warehouse
from pipec_runtime.engines.base import Rows

SPECIFICATION = '''
source shop { kind postgres  connection shop_db  database shop
  cdc { retention 3 days }
  table public.hard ( id bigint primary key, mail text not null, n numeric(10, 2), at timestamptz not null )
  table public.soft ( id bigint primary key, mail text not null, n numeric(10, 2), at timestamptz not null )
}
cdc bronze.hard from shop.public.hard { deletes hard }
cdc bronze.soft from shop.public.soft { deletes soft }
destination app { kind postgres  connection serving_db  schema app }
export hard_put to app from bronze.hard { key (id)  mode upsert }
export hard_kept to app from bronze.hard { key (id)  mode upsert  deletes keep }
export hard_mails to app from bronze.hard { key (mail)  mode upsert }
export hard_days to app from bronze.hard { key (id)  mode replace by time (at) }
export hard_swapped to app from bronze.hard { key (id)  mode swap }
export soft_put to app from bronze.soft { key (id)  mode upsert }
export soft_days to app from bronze.soft { key (id)  mode replace by time (at) }
schedule nightly { cron '0 3 * * *'  run all }
'''
CONFIGURATION = '''
name: captured
language: 1
connections:
  shop_db: { host: shop.example, user: cdc, password: { kafka_connect: "env:PW" } }
  kafka: { brokers: "k:9092" }
  serving_db: { dsn: { dagster: "env:SERVING_DSN" } }
  warehouse: { http_path: { dagster: "env:HTTP_PATH" } }
targets:
  prod:
    warehouse: { engine: databricks, catalog: spark_catalog, landing: "file:LANDING" }
    backends: { kafka_connect: {}, databricks: {}, postgres: {}, dagster: {} }
'''
EXPORTS = re.findall(r'export (\w+)', SPECIFICATION)
BATCHES, KEYS = 4, 12
EPOCH = 1767225600000000  # 2026-01-01 in microseconds

# What the generated statements would be without the care that they take.
FAULTS = {
    'a row that the view hides is copied': ('where not _deleted', 'where true'),
    'the row of before says nothing': ("'delete', 'update_preimage'", "'delete', 'no'"),
}


@dataclasses.dataclass
class Source:
    """One table under random changes; gives events as the connector writes them."""
    chance: random.Random
    rows: dict = dataclasses.field(default_factory=dict)
    lsn: int = 1000

    def row(self, id):
        at = datetime.datetime(2026, 3, self.chance.randint(1, 5), self.chance.choice([0, 12, 23]), tzinfo=datetime.timezone.utc)
        # A mail is of one row alone, also where events of others come late.
        return {'id': id, 'mail': f'{id}.{self.chance.choice("abc")}@x', 'n': self.chance.choice([None, '1.50', '-7.00']),
                'at': at.strftime('%Y-%m-%dT%H:%M:%S.000000Z')}

    def event(self, op, id, row):
        before, self.rows[id] = self.rows.get(id), row
        source = {'version': '3.6.1.Final', 'connector': 'postgresql', 'name': 'shop', 'ts_ms': EPOCH // 1000, 'snapshot': None, 'db': 'shop',
                  'sequence': json.dumps([str(self.lsn - 1), str(self.lsn)]), 'ts_us': EPOCH + self.lsn, 'schema': 'public',
                  'txId': self.lsn, 'lsn': self.lsn, 'xmin': None}
        return id, {'before': before if op in 'ud' else None, 'after': row, 'source': source, 'op': op, 'ts_ms': EPOCH // 1000 + 1}

    def change(self):
        """The events of one change."""
        self.lsn += 10
        id = self.chance.randrange(KEYS)
        if not self.rows.get(id):
            return [self.event('c', id, self.row(id))]
        free = [other for other in range(KEYS) if not self.rows.get(other)]
        match self.chance.choice('uuuddk'):
            case 'd':
                return [self.event('d', id, None)]
            case 'k' if free:  # a changed key is a delete and an insert of one position
                moved = self.chance.choice(free)
                return [self.event('d', id, None), self.event('c', moved, self.row(moved))]
            case _:
                return [self.event('u', id, self.row(id))]

    def batches(self):
        """Some events come late, some twice."""
        found = [[] for _ in range(BATCHES)]
        for number in range(BATCHES):
            for _ in range(8):
                for event in self.change():
                    late = self.chance.random() < 0.15
                    found[self.chance.randrange(number, BATCHES) if late else number].append(event)
                    if self.chance.random() < 0.1:
                        found[self.chance.randrange(number, BATCHES)].append(event)
        return found


class Told:
    """The warehouse, which remembers the lines that were copied."""

    def __init__(self, engine):
        self._engine, self.all, self.changes = engine, [], []

    def query(self, sql, params):
        answer = self._engine.query(sql, params)
        if 'as line' not in sql:
            return answer
        lines = list(answer.rows)
        (self.changes if 'table_changes' in sql or 'day' in params else self.all).extend(line for line, in lines)
        return Rows(answer.columns, lines)

    def __getattr__(self, name):
        return getattr(self._engine, name)


@pytest.fixture(scope='module')
def line(spark, pipec, scratch):
    folder = scratch / 'captured_exports'
    landing, project = folder / 'landing', folder / 'project'
    landing.mkdir(parents=True)
    project.mkdir()
    for table in ('hard', 'soft'):
        (landing / f'shop.public.{table}.jsonl').write_text('')  # where nothing is, Spark makes no view
    (project / 'pipec.yaml').write_text(CONFIGURATION.replace('LANDING', str(landing)))
    (project / 'captured.pipe').write_text(SPECIFICATION.lstrip())
    made = Warehouse(spark, pipec.build(project, out=folder / 'dist') / 'prod')
    made.drop()
    made.deploy()
    made.landing, made.dist = landing, folder / 'dist/prod'
    yield made
    made.drop()
    shutil.rmtree(landing)


def columns(export):
    return 'id, mail, n' + (', _deleted' if export.startswith('soft') else '')


def times(export):
    return ('at', '_deleted_at') if export.startswith('soft') else ('at',)


def view(line, export):
    """By id."""
    micros = ''.join(f', unix_micros({time})' for time in times(export))
    found = line.spark.sql(f'SELECT {columns(export)}{micros} FROM bronze.{export.split("_")[0]}').collect()
    return {row[0]: tuple(row) for row in found}


def served(exports, export):
    micros = ''.join(f', (extract(epoch FROM {time}) * 1000000)::bigint' for time in times(export))
    return {row[0]: row for row in exports.sql(f'SELECT {columns(export)}{micros} FROM app.{export}')}


def land(line, number, lines):
    for table in ('hard', 'soft'):
        found = (json.dumps(event | {'source': event['source'] | {'table': table}}) + '\n' for _, event in lines)
        (line.landing / f'shop.public.{table}.{number}.jsonl').write_text(''.join(found))


def test_exports_follow_what_is_captured(line, postgres):
    exports = Exports(postgres, line.dist, 'captured')
    exports.deploy()
    faulty = {fault: Exports(postgres, line.dist, f'captured_{number}') for number, fault in enumerate(FAULTS)}
    for each in faulty.values():
        each.deploy()
    chance = random.Random(11)
    batches = Source(chance).batches()
    kept, copied, touched, noticed = {}, 0, {export: set() for export in EXPORTS}, set()
    for number, batch in enumerate(batches):
        land(line, number, batch)
        assert line.run() == set()
        assert len(view(line, 'hard_put')) > 2
        for export in EXPORTS:
            touched[export] |= {id for id, _ in batch}
            if 0 < number < BATCHES - 1 and chance.random() < 0.3:
                continue  # the next load brings both
            told, expected = Told(line.engine), view(line, export)
            exports.load(export, told)
            if export == 'hard_kept':
                kept |= expected
                expected = kept
            assert served(exports, export) == expected, (number, export)
            if number and export != 'hard_swapped':
                assert not told.all, (number, export)
            if number and not export.endswith(('_swapped', '_days')):
                ids = {int(re.search(r'\d+', copied)[0]) for copied in told.changes}
                assert ids <= touched[export], (number, export)
                copied += len(ids)
            touched[export] = set()
        for fault, each in faulty.items():
            try:
                each.load('hard_mails', Changed(line.engine, FAULTS[fault]))
            except psycopg.errors.NotNullViolation:  # of a deleted row nothing is left but its key
                noticed.add(fault)
            if served(each, 'hard_mails') != view(line, 'hard_mails'):
                noticed.add(fault)
    assert copied > 20 and noticed == set(FAULTS)
    # All of it again changes nothing: nothing is copied.
    land(line, 'again', [event for batch in batches for event in batch])
    assert line.run() == set()
    for export in EXPORTS:
        told = Told(line.engine)
        exports.load(export, told)
        assert told.all == told.changes == [], export
    # No feed can be read across a version that widens a column, which a deployment has written down: all rows come.
    newest = line.spark.sql('DESCRIBE HISTORY bronze.hard__rows LIMIT 1').collect()[0].version
    line.spark.sql(f"INSERT INTO pipec.ledger VALUES ('widened', 'bronze.hard', {newest}, '', '', current_timestamp())")
    for export in EXPORTS:
        told = Told(line.engine)
        exports.load(export, told)
        assert bool(told.all) == (export in ('hard_put', 'hard_kept', 'hard_mails', 'hard_days')) and not told.changes, export
        assert export == 'hard_kept' or served(exports, export) == view(line, export), export
