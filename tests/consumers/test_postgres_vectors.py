"""Vectors and versions of exports: a PostgreSQL with pgvector, filled from real Delta tables."""
import pathlib
import shutil
import subprocess

import psycopg
import pytest

from harness import env
from harness.exports import Exports, served
from harness.postgres import Postgres
from harness.warehouse import Warehouse

SPEC = """
seed ref.points { file 'points.csv'  columns ( id int not null, name string, x float, y double ) }
model gold.places { full  as select id, name, array(x, cast(y as float)) as place, array(cast(x as double), y) as twin from ref.points }
destination app { kind postgres  connection serving_db  schema app }
export upserted to app from gold.places {
  key (id)  mode upsert  vector place 2  vector twin 2 euclidean  index (place)  grant select to app_reader
  version 1 (id, name)
}
export swapped to app from gold.places {
  key (id)  mode swap  vector place 2 product  vector twin 2 euclidean  index (place)  index (twin)  grant select to app_reader
  version 1 (name, id)  version 2 (id, place)
}
schedule nightly { cron '0 3 * * *' run all }
"""
POINTS = 'id,name,x,y\n1,north,0,1\n2,east,1,0\n3,nowhere,0.5,0.5\n'


@pytest.fixture(scope='module')
def server(scratch):
    folder = pathlib.Path(subprocess.run([env.ROOT / 'scripts/consumers-dir', 'pgvector'], capture_output=True, text=True,
                                         check=True).stdout.strip())
    [packages] = folder.glob('venv/lib/python3*/site-packages')
    # Where the user that the server runs as may read it.
    for part in ('pgserver/pginstall', 'pgserver.libs'):
        shutil.copytree(packages / part, scratch / 'pgvector' / part, symlinks=True)
    made = Postgres(scratch / 'pgvector_data', scratch / 'pgvector/pgserver/pginstall/bin')
    yield made
    made.close()


class Line:
    """Seed, table and exports; a run of all of them by `run`."""

    def __init__(self, folder, spark, pipec, server):
        self.folder, self.spark, self.pipec, self.server = folder, spark, pipec, server
        self.write(SPEC, POINTS)
        self.exports = Exports(server, self.dist)

    def write(self, spec, points):
        served(self.folder, spec)
        (self.folder / 'points.csv').write_text(points)
        self.dist = self.pipec.build(self.folder) / 'prod'
        self.warehouse = Warehouse(self.spark, self.dist)

    def deploy(self):
        self.exports.use(self.dist)
        self.exports.deploy()
        self.warehouse.deploy()

    def run(self):
        self.warehouse.run()
        for export in ('upserted', 'swapped'):
            self.exports.load(export, self.warehouse.engine)


@pytest.fixture(scope='module')
def line(scratch, spark, pipec, server):
    (scratch / 'vectors').mkdir()
    made = Line(scratch / 'vectors', spark, pipec, server)
    made.warehouse.drop()
    with pytest.raises(RuntimeError, match='a superuser has to run CREATE EXTENSION vector SCHEMA public first'):
        made.deploy()
    made.exports.sql('CREATE EXTENSION vector SCHEMA public')
    made.deploy()
    made.run()
    yield made
    made.warehouse.drop()


@pytest.mark.parametrize('export, near', [('upserted', '<=>'), ('swapped', '<#>')])
def test_what_is_near_is_found_by_the_index(line, export, near):
    assert line.exports.sql(f'SELECT id, name, place::text, twin::text FROM app.{export} ORDER BY id', 'app_page') == [
        (1, 'north', '[0,1]', '[0,1]'), (2, 'east', '[1,0]', '[1,0]'), (3, 'nowhere', '[0.5,0.5]', '[0.5,0.5]')]
    query = f"SELECT id FROM app.{export} ORDER BY place {near} '[2,1.5]' LIMIT 1"
    assert line.exports.sql(query, 'app_page') == [(3 if near == '<=>' else 2,)]
    plan = line.exports.sql(f'SET enable_seqscan = off; SET enable_sort = off; EXPLAIN {query}')
    assert 'Index Scan' in str(plan), plan
    kind = line.exports.sql("SELECT count(*) > 0 FROM pg_indexes WHERE indexdef LIKE '%%USING hnsw (place%%' AND tablename LIKE %s",
                            args=[export + '%'])
    assert kind == [(True,)]


def test_vectors_that_are_alike_are_not_written_again(line):
    before = dict(line.exports.sql('SELECT id, xmin::text FROM app_data.upserted'))
    line.write(SPEC, POINTS.replace('2,east,1,0', '2,east,1,0.25'))
    line.run()
    after = dict(line.exports.sql('SELECT id, xmin::text FROM app_data.upserted'))
    assert {id for id in after if after[id] != before[id]} == {2}
    assert line.exports.sql('SELECT place::text FROM app.swapped WHERE id = 2') == [('[1,0.25]',)]
    line.write(SPEC, POINTS)
    line.run()


def test_a_version_is_what_it_was(line):
    exports = line.exports
    rows = [(1, 'north'), (2, 'east'), (3, 'nowhere')]
    assert exports.sql('SELECT * FROM app_v1.upserted ORDER BY id', 'app_page') == rows
    assert exports.sql('SELECT * FROM app_v1.swapped ORDER BY id', 'app_page') == [(name, id) for id, name in rows]
    # The table behind it gets other columns, in another order, one of another type: what readers of before see stays.
    line.write(SPEC.replace('select id, name, array(x', "select cast(id as bigint) as id, 'new' as added, name, array(x")
               .replace('export upserted', 'export upserted2'), POINTS)
    exports.use(line.dist)
    exports.deploy()
    line.warehouse.drop()  # no migration writes such a change yet
    line.warehouse.deploy()
    line.warehouse.run()
    exports.load('swapped', line.warehouse.engine)
    assert [column for column, in exports.sql("SELECT column_name FROM information_schema.columns WHERE table_schema = 'app' "
                                              "AND table_name = 'swapped' ORDER BY ordinal_position")] == [
        'id', 'added', 'name', 'place', 'twin']
    assert exports.sql('SELECT * FROM app_v1.swapped ORDER BY id', 'app_page') == [(name, id) for id, name in rows]
    assert exports.sql('SELECT id FROM app_v2.swapped ORDER BY id', 'app_page') == [(1,), (2,), (3,)]
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        exports.sql('DELETE FROM app_v1.swapped', 'app_page')


def test_a_version_keeps_its_columns(line, pipec):
    (line.folder / 'all.pipe').write_text(SPEC.replace('select id, name,', 'select id,'))
    refused = pipec.run('build', line.folder, '--out', line.folder / 'out', check=False)
    assert refused.returncode == 1 and 'version 1 (id, name)' in refused.stderr + refused.stdout
