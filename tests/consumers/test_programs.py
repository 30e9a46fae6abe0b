"""Programs in Python: jobs and models, called with rows of a real Spark with Delta, their rows put into its tables."""
import datetime
import decimal

import pytest

from harness.warehouse import Counted, Crash, Warehouse
from pipec_runtime import MissingReference
from pipec_runtime.engines.base import Rows
from pipec_runtime.manifest import Called, Column
from pipec_runtime.program import ProgramError, batches

CONFIG = """
name: programs
language: 1
connections:
  warehouse: { http_path: { dagster: "env:HTTP_PATH" } }
targets:
  prod:
    warehouse: { engine: databricks, catalog: spark_catalog, landing: "file:/landing" }
    backends: { databricks: {}, dagster: {} }
"""
SPEC = """
seed ref.players { file 'players.csv'  columns ( player_id int not null, name string not null, club string ) }
seed ref.weights { file 'weights.csv'  columns ( letter string not null, weight double not null ) }

job embed_players {
  python 'embed.py:embed'
  reads ref.players (player_id, name), ref.weights
  writes gold.vectors
  incremental by key (player_id)
  secrets (vector_key)
  columns ( player_id bigint not null, vector array<float> not null, seen int not null, word string )
}

model gold.everything {
  python 'embed.py'
  reads ref.weights
  columns (
    n tinyint not null, s smallint, i int, b bigint, f float, d double, dec decimal(38, 10), t string, yes boolean,
    day date, instant timestamp, naive timestamp_ntz, bytes binary, list array<array<int>>, pairs map<string, double>,
    nested struct<a: int, `b c`: array<string>>
  )
}
schedule nightly { cron '0 3 * * *' run all }
"""
PROGRAM = r"""
import datetime, decimal

def embed(players, weights, *, vector_key):
    weights = {row['letter']: row['weight'] for row in weights}
    players = list(players)
    for player in players:
        if 'club' in player:
            raise ValueError('nobody asked for it')
        vector = [weights.get(letter, 0) for letter in player['name'].lower()]
        yield {'player_id': player['player_id'], 'vector': vector, 'seen': len(players), 'word': vector_key}

def run(weights):
    list(weights)
    yield dict(n=-128, s=-32768, i=2**31 - 1, b=-2**63, f=0.5, d=float('-inf'),
               dec=decimal.Decimal('-1234567890123456789012345678.0123456789'), t='\u00e4"\\\n\U0001f600', yes=False,
               day=datetime.date(1, 1, 1), instant=datetime.datetime(2026, 3, 29, 1, 2, 3, 456789, datetime.timezone.utc),
               naive=datetime.datetime(9999, 12, 31, 23, 59, 59, 999999), bytes=b'\0\xff', list=[[1], [], None],
               pairs={'a"b': 1.5, '': None}, nested={'a': None, 'b c': ['x', None]})
    yield dict.fromkeys(('s i b f d dec t yes day instant naive bytes list pairs nested').split()) | {'n': 0}
"""


class Project:
    def __init__(self, spark, pipec, folder):
        self.folder, self.pipec, self.spark = folder, pipec, spark
        for name, text in (('pipec.yaml', CONFIG), ('all.pipe', SPEC), ('embed.py', PROGRAM),
                           ('players.csv', 'player_id,name,club\n1,Ada,x\n2,Bob,\n'), ('weights.csv', 'letter,weight\na,1\nb,2\n')):
            (folder / name).write_text(text)
        self.warehouse = Warehouse(spark, pipec.build(folder) / 'prod')
        self.warehouse.drop()
        self.warehouse.deploy()

    def build(self):
        self.warehouse = Warehouse(self.spark, self.pipec.build(self.folder) / 'prod')

    def vectors(self):
        return self.warehouse.rows('SELECT player_id, vector, seen, word FROM gold.vectors')


@pytest.fixture
def project(spark, pipec, tmp_path, monkeypatch):
    monkeypatch.setenv('VECTOR_KEY', 'open')
    made = Project(spark, pipec, tmp_path)
    yield made
    made.warehouse.drop()


def test_only_what_changed_is_asked_again(project):
    warehouse, spark = project.warehouse, project.spark
    assert warehouse.run('ref.players', 'ref.weights', 'gold.vectors') == set()
    assert project.vectors() == [(1, [1, 0, 1], 2, 'open'), (2, [2, 0, 2], 2, 'open')]
    versions = warehouse.versions()
    warehouse.run('gold.vectors')
    assert warehouse.versions() == versions
    # A column that it does not read; then one that it reads; then a row that is gone, and one that is new.
    spark.sql("UPDATE ref.players SET club = 'y' WHERE player_id = 1")
    warehouse.run('gold.vectors')
    assert warehouse.versions()['gold.vectors'] == versions['gold.vectors']
    spark.sql("UPDATE ref.players SET name = 'Bab' WHERE player_id = 2")
    warehouse.run('gold.vectors')
    assert project.vectors() == [(1, [1, 0, 1], 2, 'open'), (2, [2, 1, 2], 1, 'open')]
    spark.sql('DELETE FROM ref.players WHERE player_id = 1')
    spark.sql("INSERT INTO ref.players VALUES (3, 'C', NULL)")
    warehouse.run('gold.vectors')
    assert project.vectors() == [(2, [2, 1, 2], 1, 'open'), (3, [0], 1, 'open')]
    # What has no key concerns all rows, and so does another program.
    spark.sql("INSERT INTO ref.weights VALUES ('c', 3)")
    warehouse.run('gold.vectors')
    assert project.vectors() == [(2, [2, 1, 2], 2, 'open'), (3, [3], 2, 'open')]
    (project.folder / 'embed.py').write_text(PROGRAM.replace('lower()', 'lower()[:1]'))
    project.build()
    project.warehouse.run('gold.vectors')
    assert project.vectors() == [(2, [2], 2, 'open'), (3, [3], 2, 'open')]


def test_every_type(project):
    project.warehouse.run('ref.weights', 'gold.everything')
    row, empty = project.spark.sql('SELECT * EXCEPT (instant, naive, day), CAST(instant AS string) AS instant, '
                                   'CAST(naive AS string) AS naive, CAST(day AS string) AS day '
                                   'FROM gold.everything ORDER BY n').collect()
    assert row.asDict(recursive=True) == {
        'n': -128, 's': -32768, 'i': 2**31 - 1, 'b': -2**63, 'f': 0.5, 'd': float('-inf'),
        'dec': decimal.Decimal('-1234567890123456789012345678.0123456789'), 't': '\u00e4"\\\n\U0001f600', 'yes': False,
        'bytes': b'\0\xff', 'list': [[1], [], None], 'pairs': {'a"b': 1.5, '': None},
        'nested': {'a': None, 'b c': ['x', None]}, 'instant': '2026-03-29 01:02:03.456789',
        'naive': '9999-12-31 23:59:59.999999', 'day': '0001-01-01'}
    assert set(empty.asDict().values()) == {None, 0}


def test_a_crash_at_every_statement(project):
    project.warehouse.run('ref.players', 'ref.weights')
    for at in range(100):
        engine = Counted(project.warehouse.engine, at)
        try:
            project.warehouse.run('gold.vectors', engine=engine)
        except Crash:
            continue
        break
    assert project.vectors() == [(1, [1, 0, 1], 2, 'open'), (2, [2, 0, 2], 2, 'open')]


def test_what_fails_changes_nothing(project, monkeypatch):
    project.warehouse.run('ref.players', 'ref.weights', 'gold.vectors')
    before = project.vectors()
    for old, new, error, words in (
            ("yield {'player_id': player['player_id']", "yield {'player_id': 7", None, 'asked_keys'),
            ("player['player_id'], 'vector'", "players[0]['player_id'], 'vector'", None, 'unique__player_id'),
            ("'seen': len(players)", "'seen': None", ProgramError, 'row 1: seen is never NULL'),
            ('embed(players, weights', 'embed(players', ProgramError, 'is called with 2 tables and the secrets')):
        assert old in PROGRAM
        (project.folder / 'embed.py').write_text(PROGRAM.replace(old, new))
        project.build()
        if error:
            with pytest.raises(error, match=words):
                project.warehouse.run('gold.vectors')
        else:
            with pytest.raises(Exception, match=words):
                project.warehouse.run('gold.vectors')
        assert project.vectors() == before
    monkeypatch.delenv('VECTOR_KEY')
    with pytest.raises(MissingReference, match='secret vector_key: the environment variable VECTOR_KEY is not set'):
        project.warehouse.run('gold.vectors')


# ---- without a warehouse
def call(body, columns, inputs=(), **secrets):
    called = Called('program.py', '', 'run', columns=tuple(Column(*column) for column in columns))
    return list(batches(called, f'import datetime, decimal\ndef run(*tables, **secrets):\n    {body}'.encode(), inputs, secrets, lambda: None))


@pytest.mark.parametrize('body, type_, words', [
    ('return 1', 'int', r'gave int, which is no rows'),
    ('pass', 'int', 'gave NoneType'),
    ('yield 1', 'int', 'row 1 is a int: give a dict'),
    ("yield {'b': 1}", 'int', 'row 1: nothing for a, no column is called b'),
    ("yield {'a': '1'}", 'int', 'row 1: a is int, and a str is given: give int'),
    ("yield {'a': True}", 'bigint', 'a is bigint, and a bool is given'),
    ("yield {'a': 128}", 'tinyint', '128 is out of its range'),
    ("yield {'a': 1.5}", 'decimal(9,2)', 'a float is given: give Decimal or int'),
    ("yield {'a': decimal.Decimal('NaN')}", 'decimal(9,2)', 'NaN is given'),
    ("yield {'a': datetime.datetime(2026, 1, 1)}", 'date', 'a datetime is given: give date'),
    ("yield {'a': datetime.datetime(2026, 1, 1)}", 'timestamp', 'has no zone'),
    ("yield {'a': datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)}", 'timestamp_ntz', 'has a zone'),
    ("yield {'a': 'abc'}", 'array<string>', 'a str is given: give a list'),
    ("yield {'a': ['1', 2]}", 'array<string>', 'a is string, and a int is given'),
    ("yield {'a': {1: 2}}", 'map<string, int>', 'give a dict with str for keys'),
    ("yield {'a': {'x': 1}}", 'struct<x: int, `y: z`: map<string, int>>', 'give a dict with x, y: z'),
])
def test_a_wrong_row_is_named(body, type_, words):
    with pytest.raises(ProgramError, match=words):
        call(body, [('a', type_)])


def test_rows_go_in_batches():
    texts = call("yield from ({'a': 'x' * 1_500_000} for _ in range(5))", [('a', 'string')])
    assert [text.count('"a"') for text in texts] == [2, 2, 1]
    assert call('return []', [('a', 'string')]) == []


def test_time_that_is_over_is_seen_between_rows():
    def tick():
        raise TimeoutError
    called = Called('program.py', '', 'run', columns=(Column('a', 'int'),))
    with pytest.raises(TimeoutError):
        list(batches(called, b'def run(rows): return list(rows)', [Rows(['a'], [(1,)])], {}, tick))
